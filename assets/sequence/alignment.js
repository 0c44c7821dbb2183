// Aligned sequences, wrapped in blocks: columns numbered, conservation as bars, the rows with their names, marks and consensus.
(() => {
  const kit = window.retortSequence;
  const { escape, number, range } = kit;
  const GAP = "-";
  const LONGEST_NAME = 18;

  class Alignment {
    constructor(host) {
      this.rows = [...host.querySelectorAll("[data-start]")].map((row) => ({
        name: row.querySelector("b").textContent,
        letters: row.querySelector("span").textContent,
        start: Number(row.dataset.start),
      }));
      this.length = this.rows[0].letters.length;  // columns
      this.alphabet = host.dataset.alphabet;
      this.marked = host.dataset.marks ?? "";
      this.consensus = host.dataset.consensus ?? "";
      this.conservation = (host.dataset.conservation ?? "").split(" ").filter(Boolean).map(Number);
      this.most = Number(host.dataset.most) || 1;
      this.scale = host.dataset.unit ?? "";
      this.legend = host.dataset.legend ?? "";
      this.classes = kit.classesOf(this.alphabet);
      this.unit = "column";
      this.hasStrands = false;
      this.hasGaps = true;
      this.features = [];
      this.limit = this.length;
      this.hint = "or drag over letters: one row, or a block of several";
      this.before = this.#residuesBefore();
      // What stands in a block, from its top down.
      const rows = this.rows.map((_, row) => ({ row }));
      this.parts = [{ kind: "ruler" }, ...rows];
      if (this.marked.trim()) this.parts.splice(rows.length === 2 ? 2 : rows.length + 1, 0, { kind: "marks" });
      if (this.consensus) this.parts.push({ kind: "consensus" });
    }

    // How many residues of each row stand before each hundredth column.
    #residuesBefore() {
      return this.rows.map(({ letters }) => {
        const counts = [];
        let residues = 0;
        for (let column = 0; column < letters.length; column += 1) {
          if (column % 100 === 0) counts.push(residues);
          if (letters[column] !== GAP) residues += 1;
        }
        return counts;
      });
    }
    // The number of the last residue of a row up to a column that counts from 1 (one less than its first, where there is none).
    #residueAt(row, column) {
      const { letters, start } = this.rows[row];
      const known = Math.min(Math.floor(column / 100), this.before[row].length - 1);
      let residues = this.before[row][known];
      for (let index = known * 100; index < column; index += 1) if (letters[index] !== GAP) residues += 1;
      return start + residues - 1;
    }

    gutterWidth({ letter, width }) {
      const longest = Math.max(...this.rows.map(({ name }) => name.length), this.consensus ? 9 : 0);
      return (Math.min(longest, LONGEST_NAME, Math.max(7, Math.floor(width / letter / 4))) * 0.82 + 1.7) * letter;
    }
    columnsIn(width, { letter }) {
      const digits = Math.max(...this.rows.map((_, row) => String(this.#residueAt(row, this.length)).length));
      return Math.max(10, Math.min(120, 10 * Math.floor((width / letter - digits) / 10)));
    }
    wrap(columns, size) {
      this.columns = columns;
      this.size = size;
      const bars = this.conservation.length ? size.bars : 0;
      let height = 0;
      this.offsets = this.parts.map((part) => {
        const top = height;
        height += part.kind === "ruler" ? size.lane + bars : size.row;
        return top;
      });
      this.blockHeight = height + size.gap * 1.5;
      this.blocks = Math.ceil(this.length / columns);
      this.count = this.blocks * this.parts.length;
      this.total = this.blocks * this.blockHeight;
    }
    #block(line) { return Math.floor(line / this.parts.length); }
    #part(line) { return this.parts[line % this.parts.length]; }
    top(line) { return this.#block(line) * this.blockHeight + this.offsets[line % this.parts.length]; }
    lineAt(y) {
      const block = Math.max(0, Math.min(this.blocks - 1, Math.floor(y / this.blockHeight)));
      const within = y - block * this.blockHeight;
      const part = this.offsets.findLastIndex((offset) => offset <= within);
      return block * this.parts.length + Math.max(0, part);
    }
    firstOf(line) { return this.#block(line) * this.columns + 1; }
    lineOf(spot) {
      const part = this.parts.findIndex(({ row }) => row === (spot.row ?? 0));
      return Math.floor((spot.at - 1) / this.columns) * this.parts.length + part;
    }

    line(line) {
      const start = this.#block(line) * this.columns;
      const { kind, row } = this.#part(line);
      const piece = (text) => text.slice(start, start + this.columns);
      if (kind === "ruler") return this.#ruler(start);
      if (kind === "marks") return `<div class="row marks-row">${escape(piece(this.marked))}</div>`;
      if (kind === "consensus") {
        return `<span class="name quiet">consensus</span><div class="row quiet">${escape(piece(this.consensus))}</div>`;
      }
      const { name, letters } = this.rows[row], text = piece(letters);
      const after = (text.length + 0.8) * this.size.letter;
      return `<span class="name" title="${escape(name)}">${escape(name)}</span>` +
        `<div class="row">${kit.coloured(text, this.classes, false)}</div>` +
        `<span class="after" style="left:${after.toFixed(2)}px">${this.#residueAt(row, start + text.length)}</span>`;
    }

    #ruler(start) {
      const end = Math.min(this.length, start + this.columns);
      const { letter, bars, lane } = this.size;
      let numbers = "", path = "";
      for (let column = start + 10; column <= end; column += 10) {
        numbers += `<span style="left:${((column - start - 10) * letter).toFixed(2)}px;width:${(10 * letter).toFixed(2)}px">${column}</span>`;
      }
      for (let column = start; column < end && this.conservation.length; column += 1) {
        const height = Math.max(0, Math.min(1, this.conservation[column] / this.most)) * bars;
        const left = (column - start + 0.2) * letter;
        if (height) path += `M${left.toFixed(2)} ${bars}v${(-height).toFixed(2)}h${(letter * 0.6).toFixed(2)}V${bars}z`;
      }
      const width = (end - start) * letter;
      const title = `Conservation, 0 to ${this.most.toPrecision(3)} ${this.scale}`;
      return `<div class="ruler">${numbers}</div>` + (this.conservation.length
        ? `<span class="name quiet" style="top:${lane}px;line-height:${bars}px">${escape(this.scale)}</span><svg class="bars" role="img" ` +
          `aria-label="${escape(title)}" style="top:${lane}px" width="${width.toFixed(2)}" height="${bars}"><path d="${path}"/></svg>`
        : "");
    }

    marks(line, selection, hits) {
      const { row } = this.#part(line);
      if (row === undefined) return "";
      const start = this.#block(line) * this.columns, end = Math.min(this.length, start + this.columns);
      let html = "";
      const draw = ({ from, to, first, last }, name, height) => {
        if (row < first || row > last) return;
        const left = Math.max(from, start + 1), right = Math.min(to, end);
        if (left > right) return;
        const { letter } = this.size;
        html += `<i class="${name}" style="left:${((left - 1 - start) * letter).toFixed(2)}px;` +
          `width:${((right - left + 1) * letter).toFixed(2)}px;height:${height}px"></i>`;
      };
      if (selection) draw(selection, "chosen", this.size.row);
      for (const hit of hits) draw(hit, "hit", this.size.row - 1);
      return html;
    }

    spotAt(line, x) {
      const column = Math.max(0, Math.min(this.columns - 1, Math.floor(x / this.size.letter)));
      const at = Math.max(1, Math.min(this.length, this.#block(line) * this.columns + column + 1));
      const part = line % this.parts.length;
      const near = this.parts.slice(part).find(({ row }) => row !== undefined) ?? { row: this.rows.length - 1 };
      return { at, row: near.row };
    }
    isOnLetters(line) { return this.#part(line).row !== undefined; }

    moved(spot, key) {
      const [columns, rows] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], Home: [-this.length, 0], End: [this.length, 0] }[key];
      return {
        at: Math.max(1, Math.min(this.length, spot.at + columns)),
        row: Math.max(0, Math.min(this.rows.length - 1, spot.row + rows)),
      };
    }
    between(anchor, spot) {
      return {
        from: Math.min(anchor.at, spot.at), to: Math.max(anchor.at, spot.at),
        first: Math.min(anchor.row, spot.row), last: Math.max(anchor.row, spot.row),
      };
    }
    ends({ from, to, first, last }) { return [{ at: from, row: first }, { at: to, row: last }]; }
    numbered(from, to) { return { from, to, first: 0, last: this.rows.length - 1 }; }
    whole() { return this.numbered(1, this.length); }

    #chosen({ from, to, first, last }, withGaps) {
      return this.rows.slice(first, last + 1).map(({ name, letters }) => {
        const text = letters.slice(from - 1, to);
        return { name, text: withGaps ? text : text.replaceAll(GAP, "") };
      });
    }
    // One row as letters, several as FASTA.
    text(selection, withGaps = true) {
      const rows = this.#chosen(selection, withGaps);
      return rows.length === 1 ? rows[0].text : rows.map(({ name, text }) => `>${name}\n${text}\n`).join("");
    }
    // The columns' numbers stand in the fields beside it.
    described(selection) {
      const { from, to, first, last } = selection;
      const bits = from === to && this.conservation.length ? `, ${this.conservation[from - 1].toFixed(2)} ${this.scale}` : "";
      const columns = from === to ? "1 column" : `${number(to - from + 1)} columns`;
      if (first !== last) return `${columns} of ${last - first + 1} rows${bits}`;
      const { name } = this.rows[first];
      const residues = this.#chosen(selection, false)[0].text.length;
      if (!residues) return `${name}: only gaps${bits}`;
      const one = this.#residueAt(first, from - 1) + 1, other = this.#residueAt(first, to);
      const kind = this.alphabet === "protein" ? "residue" : "base";
      const what = residues === 1 ? `${kind} ${this.text(selection, false)}${number(one)}` : `${kind}s ${range(one, other)} (${number(residues)})`;
      return `${name}: ${what}${bits}`;
    }
    question(selection) {
      const rows = this.#chosen(selection, false).filter(({ text }) => text);
      if (rows.length < 2) return rows.length ? kit.question(rows[0].text, this.alphabet, rows[0].name, false) : "";
      return `Align these sequences:\n${rows.map(({ name, text }) => `>${name}\n${text}`).join("\n")}`;
    }

    // In the letters of each row without its gaps.
    find(motif, most) {
      const found = [];
      this.rows.forEach(({ letters }, row) => {
        const columns = [];
        for (let column = 0; column < letters.length; column += 1) if (letters[column] !== GAP) columns.push(column + 1);
        const places = kit.places(letters.replaceAll(GAP, ""), motif, this.alphabet, false, most - found.length);
        found.push(...places.map((at) => ({ from: columns[at - 1], to: columns[at + motif.length - 2], first: row, last: row })));
      });
      return found.sort((a, b) => a.from - b.from || a.first - b.first);
    }

    printed() {
      const width = Math.min(LONGEST_NAME, Math.max(...this.rows.map(({ name }) => name.length)));
      const lines = [];
      for (let start = 0; start < this.length; start += 60) {
        for (const { kind, row } of this.parts) {
          if (kind === "ruler" || kind === "consensus") continue;
          const text = (row === undefined ? this.marked : this.rows[row].letters).slice(start, start + 60);
          const after = row === undefined ? "" : ` ${this.#residueAt(row, start + text.length)}`;
          lines.push(`${(row === undefined ? "" : this.rows[row].name).slice(0, width).padEnd(width)}  ${text}${after}`);
        }
        lines.push("");
      }
      return lines.join("\n");
    }
  }

  kit.Alignment = Alignment;
})();
