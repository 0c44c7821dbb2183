// One sequence, wrapped: its letters, for DNA with the other strand below, and its features as lanes under them.
(() => {
  const kit = window.retortSequence;
  const { escape, range } = kit;

  // Where it is circular and ends before it starts, a feature goes over the origin: two pieces.
  const piecesOf = (feature, index, length) => {
    const { start, end } = feature;
    if (start <= end) return [{ index, feature, from: start, to: end, begins: true, ends: true }];
    return [
      { index, feature, from: start, to: length, begins: true, ends: false },
      { index, feature, from: 1, to: end, begins: false, ends: true },
    ];
  };

  // Columns that a name takes, in its smaller type.
  const roomFor = (name) => Math.ceil(name.length * 0.82) + 1;

  const featuresOf = (figure, length) =>
    [...figure.querySelectorAll(".features li[data-at]")].map((item) => {
      const [start, end, strand] = item.dataset.at.split(" ").map(Number);
      const cuts = (item.dataset.cuts ?? "").split(" ").filter(Boolean).map((pair) => pair.split("/").map(Number));
      const mark = item.querySelector("mark");
      return { item, name: mark.textContent, colour: mark.className, start, end, strand, cuts, protein: item.dataset.protein ?? "" };
    }).filter(({ start, end }) => start >= 1 && start <= length && end >= 1 && end <= length);

  class Strands {
    constructor(host) {
      this.letters = host.textContent.replace(/\s+/g, "");
      this.length = this.letters.length;
      this.alphabet = host.dataset.alphabet;
      this.circular = host.dataset.circular !== undefined;
      this.features = featuresOf(host.closest(".view"), this.length);
      this.directed = this.alphabet !== "protein";
      this.hasStrands = this.alphabet === "dna";
      this.both = this.hasStrands;
      this.classes = kit.classesOf(this.alphabet);
      this.unit = this.directed ? "base" : "residue";
      this.cuts = this.features.flatMap(({ cuts }) => cuts);
      this.limit = this.length;
      this.hint = `or drag over ${this.unit}s${this.features.length ? ", or choose a feature" : ""}`;
    }

    gutterWidth({ letter }) { return (String(this.length).length * 0.82 + 1.7) * letter; }

    columnsIn(width, { letter }) {
      return Math.max(10, Math.min(120, 10 * Math.floor((width / letter + 1) / 11)));
    }

    // Lines between which no feature begins or ends are of one height: those stretches are kept, not the lines.
    wrap(columns, size) {
      this.columns = columns;
      this.size = size;
      const count = Math.max(1, Math.ceil(this.length / columns));
      const pieces = this.#packed(columns);
      const edges = [...new Set([0, count, ...pieces.flatMap(({ first, last }) => [first, last + 1])])].sort((a, b) => a - b);
      let top = 0;
      this.stretches = edges.slice(0, -1).map((first, index) => {
        const within = pieces.filter((piece) => piece.first <= first && piece.last >= first);
        const offsets = new Map();
        let height = (this.both ? 2 : 1) * size.row + 2;
        for (const lane of [...new Set(within.map((piece) => piece.lane))].sort((a, b) => a - b)) {
          const codes = within.some((piece) => piece.lane === lane && piece.feature.protein);
          offsets.set(lane, height + (codes ? size.row : 0));
          height += size.lane + (codes ? size.row : 0);
        }
        height += size.gap;
        const stretch = { first, top, height, within, offsets };
        top += height * (edges[index + 1] - first);
        return stretch;
      });
      this.count = count;
      this.total = top;
    }

    // Pieces in lanes without overlap; a name that fits in none of its lines takes room beside it.
    #packed(columns) {
      const pieces = this.features.flatMap((feature, index) => piecesOf(feature, index, this.length));
      for (const piece of pieces) {
        const column = (piece.from - 1) % columns;
        piece.first = Math.floor((piece.from - 1) / columns);
        piece.last = Math.floor((piece.to - 1) / columns);
        const [begun, ended] = [Math.min(piece.to - piece.from + 1, columns - column), ((piece.to - 1) % columns) + 1];
        const room = [begun, Math.max(begun, ended), columns][Math.min(2, piece.last - piece.first)];
        piece.overhangs = piece.begins && room < roomFor(piece.feature.name);
        const need = piece.overhangs ? Math.min(columns, roomFor(piece.feature.name)) : 0;
        const shift = Math.max(0, Math.min(column, column + need - columns));
        piece.named = piece.from - shift;
        piece.until = Math.max(piece.to, piece.named + need - 1);
      }
      pieces.sort((a, b) => a.named - b.named || b.until - a.until);
      const ends = [];
      for (const piece of pieces) {
        const free = ends.findIndex((end) => end < piece.named);
        piece.lane = free < 0 ? ends.length : free;
        ends[piece.lane] = piece.until;
      }
      return pieces;
    }

    #stretchOf(test) {
      let low = 0, high = this.stretches.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (test(this.stretches[middle])) low = middle;
        else high = middle - 1;
      }
      return this.stretches[low];
    }
    #stretch(line) { return this.#stretchOf((one) => one.first <= line); }
    top(line) { const one = this.#stretch(line); return one.top + (line - one.first) * one.height; }
    lineAt(y) {
      const one = this.#stretchOf((stretch) => stretch.top <= y);
      return Math.max(0, Math.min(this.count - 1, one.first + Math.floor((y - one.top) / one.height)));
    }
    firstOf(line) { return line * this.columns + 1; }
    lineOf(spot) { return Math.floor((spot.at - 1) / this.columns); }

    // The left edge of a column that counts from 0.
    #x(column) { return (column + Math.floor(column / 10)) * this.size.letter; }
    #box(from, to) {  // of columns, both included
      const left = this.#x(from);
      return `left:${left.toFixed(2)}px;width:${(this.#x(to) + this.size.letter - left).toFixed(2)}px`;
    }

    line(line) {
      const start = line * this.columns;
      const text = this.letters.slice(start, start + this.columns);
      const end = start + text.length;
      let html = `<span class="number">${start + 1}</span><div class="row">${kit.coloured(text, this.classes, true)}</div>`;
      if (this.both) {
        html += `<div class="row lower" style="top:${this.size.row}px">${kit.coloured(kit.complement(text), this.classes, true)}</div>`;
      }
      const { within, offsets } = this.#stretch(line);
      for (const piece of within) html += this.#lane(piece, start, end, offsets.get(piece.lane));
      return html + this.#cutsIn(start, end);
    }

    #lane(piece, start, end, top) {
      const { feature } = piece;
      const from = Math.max(piece.from, start + 1), to = Math.min(piece.to, end);
      const isFirst = from === piece.from, isLast = to === piece.to;
      const forward = feature.strand !== -1;
      const arrow = this.directed && feature.strand !== 0 && (forward ? isLast && piece.ends : isFirst && piece.begins);
      const classes = ["lane", feature.colour, arrow ? (forward ? "right" : "left") : ""].join(" ");
      const fits = to - from + 1 >= roomFor(feature.name);
      const name = (isFirst && piece.overhangs) || fits ? escape(feature.name) : "";
      const shift = isFirst ? this.#x(piece.from - 1 - start) - this.#x(piece.named - 1 - start) : 0;
      const style = `top:${top}px;${this.#box(from - 1 - start, to - 1 - start)}`;
      const bar = `<div class="${classes}" data-feature="${piece.index}" style="${style}" title="${escape(this.told(feature))}">` +
        `<span style="margin-left:${-shift.toFixed(2)}px">${name}</span></div>`;
      return bar + (feature.protein ? this.#codons(feature, from, to, start, top - this.size.row) : "");
    }

    // What a feature codes for: each residue under the middle base of its codon.
    #codons(feature, from, to, start, top) {
      let text = "";
      for (let at = start + 1; at <= to; at += 1) {
        const along = feature.strand === 1 ? at - feature.start : feature.end - at;
        const place = (along + this.length) % this.length;
        text += at >= from && place % 3 === 1 ? (feature.protein[(place - 1) / 3] ?? " ") : " ";
        if ((at - start) % 10 === 0) text += " ";
      }
      return `<div class="codons" style="top:${top}px">${escape(text)}</div>`;
    }

    #cutsIn(start, end) {
      const { row, letter } = this.size;
      const isIn = (place) => place > start && place <= end;
      const turned = (place) => (((place - 1) % this.length) + this.length) % this.length + 1;
      const edge = (place) => this.#x(place - start - 1) + letter * ((place - start) % 10 ? 1 : place === end ? 1.1 : 1.5);
      let html = "";
      for (const [above, below] of this.cuts) {
        const upper = turned(above), lower = turned(below);
        if (isIn(upper)) html += `<i class="cut" style="left:${edge(upper).toFixed(2)}px;height:${row}px"></i>`;
        if (!this.both) continue;
        if (isIn(lower)) html += `<i class="cut" style="left:${edge(lower).toFixed(2)}px;top:${row}px;height:${row}px"></i>`;
        if (isIn(upper) && isIn(lower) && upper !== lower && Math.abs(upper - lower) === Math.abs(above - below)) {
          const [left, right] = [edge(Math.min(upper, lower)), edge(Math.max(upper, lower))];
          html += `<i class="cut" style="left:${left.toFixed(2)}px;top:${row}px;width:${(right - left).toFixed(2)}px"></i>`;
        }
      }
      return html;
    }

    // What lies behind the letters of a line: the selection, and lines under what was found.
    marks(line, selection, hits) {
      const start = line * this.columns, end = Math.min(this.length, start + this.columns);
      const { row } = this.size;
      let html = "";
      const each = ({ from, to }, draw) => {
        for (const [one, other] of from <= to ? [[from, to]] : [[from, this.length], [1, to]]) {
          const left = Math.max(one, start + 1), right = Math.min(other, end);
          if (left <= right) html += draw(this.#box(left - 1 - start, right - 1 - start));
        }
      };
      if (selection) {
        const top = this.both && selection.strand === -1 ? row : 0;
        each(selection, (box) => `<i class="chosen" style="${box};top:${top}px;height:${row}px"></i>`);
      }
      for (const hit of hits) {
        const top = this.both && hit.strand === -1 ? row : 0;
        each(hit, (box) => `<i class="hit" style="${box};top:${top}px;height:${row - 1}px"></i>`);
      }
      return html;
    }

    spotAt(line, x, y) {
      const along = x / this.size.letter;
      const column = Math.max(0, Math.min(this.columns - 1, Math.floor(along / 11) * 10 + Math.min(9, Math.floor(along % 11))));
      const strand = this.both && y - this.top(line) >= this.size.row ? -1 : 1;
      return { at: Math.max(1, Math.min(this.length, line * this.columns + column + 1)), strand };
    }
    isOnLetters(line, y) { return y - this.top(line) <= (this.both ? 2 : 1) * this.size.row + 2; }

    moved(spot, key) {
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns, Home: -this.length, End: this.length }[key];
      return { ...spot, at: Math.max(1, Math.min(this.length, spot.at + step)) };
    }
    between(anchor, spot) {
      return { from: Math.min(anchor.at, spot.at), to: Math.max(anchor.at, spot.at), strand: anchor.strand };
    }
    ends(selection) { return [{ at: selection.from, strand: selection.strand }, { at: selection.to, strand: selection.strand }]; }
    numbered(from, to) { return { from, to, strand: 1 }; }
    whole() { return this.numbered(1, this.length); }
    ofFeature(index) {
      const { start, end, strand } = this.features[index];
      return { from: start, to: end, strand: this.hasStrands && strand === -1 ? -1 : 1, feature: this.features[index] };
    }

    #count({ from, to }) { return to - from + 1 + (from <= to ? 0 : this.length); }
    text({ from, to, strand }) {
      const along = from <= to ? this.letters.slice(from - 1, to) : this.letters.slice(from - 1) + this.letters.slice(0, to);
      return strand === -1 && this.hasStrands ? kit.reverseComplement(along) : along;
    }
    told({ name, start, end, strand }) {
      const count = this.#count({ from: start, to: end });
      return `${name}, ${range(start, end)} (${kit.number(count)} ${this.unit}${count === 1 ? "" : "s"})` +
        (this.directed && strand === -1 ? ", reverse strand" : "");
    }
    // The numbers stand in the fields beside it.
    described(selection) {
      const count = this.#count(selection);
      const what = count === 1 ? `${this.unit} ${this.text(selection)}` : `${kit.number(count)} ${this.unit}s`;
      return (selection.feature ? `${selection.feature.name}: ` : "") + what +
        (this.hasStrands && selection.strand === -1 ? ", lower strand from 5′ to 3′" : "");
    }
    question(selection) {
      const { from, to, strand } = selection;
      const places = strand === -1 ? `${to}-${from}` : `${from}-${to}`;
      return kit.question(this.text(selection), this.alphabet, `${this.unit}s_${places}`, Boolean(selection.feature?.protein));
    }

    find(motif, most) {
      const hits = kit.places(this.letters, motif, this.alphabet, this.circular, most);
      const after = (from) => (from + motif.length - 2) % this.length + 1;
      const found = hits.map((from) => ({ from, to: after(from), strand: 1 }));
      const other = this.hasStrands ? kit.reverseComplement(motif) : motif;
      if (other.toUpperCase() !== motif.toUpperCase()) {
        const reverse = kit.places(this.letters, other, this.alphabet, this.circular, most - found.length);
        found.push(...reverse.map((from) => ({ from, to: after(from), strand: -1 })));
      }
      return found.sort((a, b) => a.from - b.from);
    }

    // For paper: lines of sixty, numbered.
    printed() {
      const lines = [];
      for (let start = 0; start < this.length; start += 60) {
        const tens = this.letters.slice(start, start + 60).match(/.{1,10}/g).join(" ");
        lines.push(`${String(start + 1).padStart(String(this.length).length)}  ${tens}`);
      }
      return lines.join("\n");
    }
  }

  kit.Strands = Strands;
})();
