// Letters of sequences: which group each belongs to, its complement, which letters a code stands for, and where a motif stands.
(() => {
  const PROTEIN = [
    ["hydrophobic", "AILMFWV"], ["aromatic", "HY"], ["basic", "KR"], ["acidic", "DE"],
    ["polar", "NQST"], ["cysteine", "C"], ["glycine", "G"], ["proline", "P"],
  ];
  const BASES = [["A", "A"], ["C", "C"], ["G", "G"], ["T", "TU"]];
  const CODES = {
    A: 1, C: 2, G: 4, T: 8, U: 8, R: 5, Y: 10, S: 6, W: 9, K: 12, M: 3, B: 14, D: 13, H: 11, V: 7, N: 15,
  };
  const COMPLEMENTS = {};
  for (const [one, other] of ["AT", "CG", "RY", "KM", "BV", "DH", "SS", "WW", "NN"]) {
    for (const [a, b] of [[one, other], [other, one]]) {
      COMPLEMENTS[a] = b;
      COMPLEMENTS[a.toLowerCase()] = b.toLowerCase();
    }
  }
  Object.assign(COMPLEMENTS, { U: "A", u: "a" });

  const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const groupsOf = (alphabet) => (alphabet === "protein" ? PROTEIN : BASES);

  // The class of each letter: r0 to r7 for residues, b0 to b3 for bases; none for codes of several.
  const classesOf = (alphabet) => {
    const classes = {};
    groupsOf(alphabet).forEach(([, letters], group) => {
      for (const letter of letters) {
        classes[letter] = classes[letter.toLowerCase()] = (alphabet === "protein" ? "r" : "b") + group;
      }
    });
    return classes;
  };

  // Neighbours of one class share a span; after each ten letters a blank, if wanted.
  const coloured = (text, classes, tens) => {
    let html = "", run = "", held = "";
    const close = () => {
      html += held ? `<span class="${held}">${escape(run)}</span>` : escape(run);
      run = "";
    };
    for (let index = 0; index < text.length; index += 1) {
      const own = classes[text[index]] ?? "";
      if (own !== held && run) close();
      held = own;
      run += text[index];
      if (tens && index % 10 === 9) run += " ";
    }
    if (run) close();
    return html;
  };

  const complement = (text) => [...text].map((letter) => COMPLEMENTS[letter] ?? letter).join("");
  const reverseComplement = (text) => [...complement(text)].reverse().join("");

  // The residues that a letter stands for, as bits.
  const bitsOf = (letter, alphabet) => {
    const upper = letter.toUpperCase();
    if (alphabet !== "protein") return CODES[upper] ?? 0;
    const stands = { B: "DN", Z: "EQ", J: "IL", X: "ACDEFGHIKLMNPQRSTVWYUO" }[upper] ?? (/[A-Z]/.test(upper) ? upper : "");
    return [...stands].reduce((bits, one) => bits | (1 << (one.charCodeAt(0) - 65)), 0);
  };

  // Places (from 1) where every reading of the letters fits the motif, overlapping ones included; in a circle over the origin, too.
  const places = (text, motif, alphabet, circular, most) => {
    const wanted = [...motif].map((letter) => bitsOf(letter, alphabet));
    const size = wanted.length, found = [];
    if (!size || wanted.includes(0) || size > text.length) return found;
    const known = {};
    const bits = Uint32Array.from(text, (letter) => (known[letter] ??= bitsOf(letter, alphabet)));
    const last = circular ? text.length : text.length - size + 1;
    for (let start = 0; start < last && found.length < most; start += 1) {
      let index = 0;
      for (; index < size; index += 1) {
        const letter = bits[(start + index) % text.length];
        if (!letter || letter & ~wanted[index]) break;
      }
      if (index === size) found.push(start + 1);
    }
    return found;
  };

  const number = (value) => value.toLocaleString("en");
  const range = (from, to) => (from === to ? number(from) : `${number(from)}–${number(to)}`);

  // A question about letters, in words by which a tool is found; as a FASTA record even one letter is read as a sequence.
  const question = (letters, alphabet, name, coding) => {
    const words = coding ? "Translate:" : {
      protein: "What are the mass, pI and composition of this protein?",
      dna: "Analyse the DNA sequence:",
      rna: "Analyse the RNA sequence:",
    }[alphabet];
    return `${words}\n>${name}\n${letters}`;
  };

  window.retortSequence = {
    classesOf, coloured, complement, escape, groupsOf, number, places, question, range, reverseComplement,
  };
})();
