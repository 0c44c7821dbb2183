/* A biomolecule for the viewer: atoms out of PDB or mmCIF text, joined to the chains that the tool has found; their colours and
   legends; residues by name. Nothing here touches the page. 3Dmol's own readers of these formats are not used: they lose
   insertion codes, choose conformation A whatever the occupancies, and take quotes inside atom names for text. */
window.retortBiomolecule = function (scene) {
  'use strict';

  // Okabe and Ito's colours, which colour-blind people tell apart, without black and yellow: readable on light and dark paper.
  var CHAINS = ['#3a86bf', '#e08a1e', '#159a76', '#c973a8', '#62b4e4', '#cf5a26', '#8f7fd0', '#9a978e'];
  var SECONDARY = { h: ['#cf5a26', 'helix'], s: ['#3a86bf', 'strand'], c: ['#a7a49b', 'neither'] };
  var ALONG = ['#3b62b5', '#3fa7a0', '#9dbb4a', '#e3a32c', '#c2452d'];
  var FLEXIBLE = ['#3f63c4', '#dedbd3', '#c23b2e'];
  var CONFIDENCE = [[90, '#0053d6', 'very high (> 90)'], [70, '#65cbf3', 'confident (70–90)'],
    [50, '#ffdb13', 'low (50–70)'], [-Infinity, '#ff7d45', 'very low (< 50)']];
  var NOT_POLYMER = '#a7a49b';
  var SHORT = 10;  // residues of a peptide that is shown as sticks, too: a ribbon says little of it
  var WATERS = { HOH: 1, WAT: 1, DOD: 1, H2O: 1 };

  var residues = [], byName = {}, chains = [];
  var place = 0, segment = 0;
  function add(chain, named, part, secondary) {
    var at = named.lastIndexOf(' ');
    var residue = { chain: chain.name, name: named.slice(0, at), number: named.slice(at + 1), part: part, kind: chain.kind,
      secondary: secondary, along: 0, place: place, segment: segment, colour: chain.colour, short: false, atoms: [] };
    place += 1;
    if (part !== 'water') { byName[residue.chain + '/' + named] = residue; }
    residues.push(residue);
    return residue;
  }
  scene.chains.forEach(function (told, number) {
    var chain = { name: told.name, kind: told.kind, colour: CHAINS[number % CHAINS.length], residues: [] };
    var breaks = {};
    told.breaks.forEach(function (at) { breaks[at] = true; });
    told.residues.forEach(function (named, i) {
      if (i === 0 || breaks[i]) { place += 10; segment += 1; }  // what is not bonded must not look like neighbours to 3Dmol
      var residue = add(chain, named, 'polymer', told.secondary[i] || 'c');
      residue.along = told.residues.length > 1 ? i / (told.residues.length - 1) : 0;
      residue.short = told.residues.length < SHORT && !/NA/.test(told.kind);
      residue.before = i && breaks[i] ? chain.residues[i - 1] : null;
      chain.residues.push(residue);
    });
    told.ligands.forEach(function (named) { place += 10; chain.residues.push(add(chain, named, 'ligand', 'c')); });
    chains.push(chain);
  });
  var polymers = chains.filter(function (chain) { return chain.residues.some(function (one) { return one.part === 'polymer'; }); });
  var known = residues.length;

  // One row for each atom, in the file's order, of its first model.
  function pdbRows(text) {
    var rows = [];
    text.split(/\r?\n/).some(function (line) {
      var record = line.slice(0, 6);
      if (record === 'ATOM  ' || record === 'HETATM') {
        var number = line.slice(22, 26).trim(), element = line.slice(76, 78).trim();
        if (/^[A-Z]/.test(number)) { number = String(parseInt(number, 36) - 10 * 36 * 36 * 36 + 10000); }  // hybrid-36
        if (!/^[A-Za-z]{1,2}$/.test(element)) {
          var letters = line.slice(12, 14).replace(/[^A-Za-z]/g, '');
          element = record === 'ATOM  ' ? line.slice(12, 16).replace(/[^A-Za-z]/g, '').charAt(0) : letters;
        }
        rows.push({ chain: line.slice(20, 22).trim(), names: [line.slice(17, 20).trim()], number: number + line.slice(26, 27).trim(),
          altloc: line.slice(16, 17).trim(), atom: line.slice(12, 16).trim(), element: element, x: +line.slice(30, 38),
          y: +line.slice(38, 46), z: +line.slice(46, 54), b: +line.slice(60, 66) });
      }
      return record === 'ENDMDL';
    });
    return rows;
  }
  function cifRows(text) {
    var lines = text.split(/\r?\n/), columns = {}, width = 0, values = [], at = 0;
    while (at < lines.length && !/^\s*_atom_site\./i.test(lines[at])) { at += 1; }
    for (; at < lines.length && /^\s*_atom_site\./i.test(lines[at]); at += 1) {
      columns[lines[at].trim().split(/\s/)[0].slice(11).toLowerCase()] = width++;
    }
    var ended = /^\s*(#|_|loop_|data_|save_)/i, token = /'(?:[^']|'(?=\S))*'(?=\s|$)|"(?:[^"]|"(?=\S))*"(?=\s|$)|\S+/g;
    for (; at < lines.length && !ended.test(lines[at]); at += 1) { Array.prototype.push.apply(values, lines[at].match(token) || []); }
    var rows = [], first = null;
    function value(start, names) {
      for (var i = 0; i < names.length; i += 1) {
        var told = names[i] in columns ? values[start + columns[names[i]]] : undefined;
        if (told !== undefined && told !== '?' && told !== '.') { return /^(['"]).*\1$/.test(told) && told.length > 1 ? told.slice(1, -1) : told; }
      }
      return '';
    }
    for (var start = 0; start + width <= values.length && width; start += width) {
      var model = value(start, ['pdbx_pdb_model_num']);
      if (first === null) { first = model; }
      if (model !== first) { break; }
      rows.push({ chain: value(start, ['auth_asym_id', 'label_asym_id']),
        names: [value(start, ['label_comp_id']), value(start, ['auth_comp_id'])],
        number: value(start, ['auth_seq_id', 'label_seq_id']) + value(start, ['pdbx_pdb_ins_code']),
        altloc: value(start, ['label_alt_id']), atom: value(start, ['label_atom_id', 'auth_atom_id']),
        element: value(start, ['type_symbol']), x: parseFloat(value(start, ['cartn_x'])), y: parseFloat(value(start, ['cartn_y'])),
        z: parseFloat(value(start, ['cartn_z'])), b: parseFloat(value(start, ['b_iso_or_equiv'])) || 0 });
    }
    return rows;
  }

  // Atoms as 3Dmol takes them. Its cartoon goes by resi, reschain and the names of nucleotides: these are made for it.
  function atomsOf(text) {
    residues.length = known;
    residues.forEach(function (one) { one.atoms = []; });
    var letters = {}, waters = {}, atoms = [];
    (scene.format === 'mmcif' ? cifRows(text) : pdbRows(text)).forEach(function (row) {
      var there = row.chain + '/' + row.number;
      if (row.altloc) {
        var shown = (scene.conformations[there] || letters[there] || row.altloc).charAt(0);
        letters[there] = shown;
        if (row.altloc !== shown) { return; }
      }
      var name = row.names.filter(function (one) { return byName[row.chain + '/' + one + ' ' + row.number]; })[0] || row.names[0] || row.names[1];
      var key = row.chain + '/' + name + ' ' + row.number, residue = byName[key] || waters[key];
      if (!residue) {
        place += 10;
        residue = waters[key] = add({ name: row.chain, kind: '', colour: NOT_POLYMER }, name + ' ' + row.number, 'water', 'c');
      }
      var element = row.element.charAt(0).toUpperCase() + row.element.slice(1, 2).toLowerCase();
      var atom = { elem: element === 'D' ? 'H' : element, atom: row.atom, x: row.x, y: row.y, z: row.z, b: row.b, altLoc: '',
        chain: residue.chain || ' ', resi: residue.place, rescode: String(residue.place), reschain: residue.segment, resn: residue.name,
        hetflag: residue.part !== 'polymer', ss: residue.secondary, bonds: [], bondOrder: [], properties: {}, serial: atoms.length,
        index: atoms.length, residue: residue };
      residue.atoms.push(atom);
      atoms.push(atom);
    });
    chains.forEach(drawable);
    return atoms;
  }
  // Whether a ribbon can be laid through the residues of a chain; of alpha carbons or phosphates alone it is a tube.
  function drawable(chain) {
    var whole = 0, polymer = chain.residues.filter(function (one) { return one.part === 'polymer'; });
    polymer.forEach(function (one) {
      var has = {};
      one.atoms.forEach(function (atom) { has[atom.atom.replace('*', "'")] = true; });
      if ((has.CA && has.O) || ((has.P || has["O5'"]) && has["C5'"])) { whole += 1; }
      var nucleotide = /NA/.test(one.kind) || (has["C1'"] && has["C3'"]);
      one.atoms.forEach(function (atom) {
        atom.resn = nucleotide ? (has.N9 ? 'DG' : 'DC') : /^(D?[ACGTU])$/.test(one.name) ? 'UNK' : one.name;
      });
      one.centre = one.atoms.filter(function (atom) { return atom.atom === 'CA' || atom.atom === 'P'; })[0] || one.atoms[0];
    });
    chain.traced = polymer.length > 0 && whole < polymer.length / 2;
    polymer.forEach(function (one) { one.traced = chain.traced; });
  }

  function mixed(stops, share) {
    var at = Math.max(0, Math.min(1, share)) * (stops.length - 1), low = Math.min(stops.length - 2, Math.floor(at)), part = at - low;
    var channels = [1, 3, 5].map(function (from) {
      var one = parseInt(stops[low].slice(from, from + 2), 16), other = parseInt(stops[low + 1].slice(from, from + 2), 16);
      return Math.round(one + (other - one) * part);
    });
    return '#' + channels.map(function (value) { return (value < 16 ? '0' : '') + value.toString(16); }).join('');
  }
  // Least and most of the B column over what counts: the polymers, or the ligands where there is none.
  function range() {
    var part = polymers.length ? 'polymer' : 'ligand', least = Infinity, most = -Infinity;
    residues.forEach(function (one) {
      if (one.part !== part) { return; }
      one.atoms.forEach(function (atom) {
        if (atom.elem === 'H') { return; }
        least = Math.min(least, atom.b);
        most = Math.max(most, atom.b);
      });
    });
    return { least: least, most: most, scale: most <= 1 ? 100 : 1 };  // some predictors write pLDDT as a share of 1
  }
  function confidence(value) {
    return CONFIDENCE.filter(function (band) { return band[0] === 90 ? value > 90 : value >= band[0]; })[0];
  }

  var modes = { chain: 'chain' };
  if (residues.some(function (one) { return one.secondary !== 'c'; })) { modes.secondary = 'secondary structure'; }
  if (polymers.length) { modes.along = 'along the chain'; }
  if (scene.b_column) { modes.b = scene.b_column === 'plddt' ? 'pLDDT' : 'B factor'; }

  // A function from atom to colour, or to null where the element's colour stands.
  function painter(mode, everyAtom) {
    var found = range();
    return function (atom) {
      var residue = atom.residue;
      if (residue.part === 'water') { return null; }
      if (mode === 'b') {
        if (scene.b_column === 'plddt') { return residue.part === 'polymer' ? confidence(atom.b * found.scale)[1] : null; }
        return mixed(FLEXIBLE, (atom.b - found.least) / (found.most - found.least || 1));
      }
      if (residue.part === 'ligand' || !(everyAtom || atom.elem === 'C')) { return null; }
      if (mode === 'secondary') { return SECONDARY[residue.secondary][0]; }
      return mode === 'along' ? mixed(ALONG, residue.along) : residue.colour;
    };
  }
  function digits(value) { return (Math.abs(value) < 10 ? value.toFixed(1) : value.toFixed(0)).replace('-', '−'); }

  // { items: [[colour, name, chain or undefined]], ramp: { stops, least, most }, note }
  function legend(mode) {
    var found = range();
    if (mode === 'secondary') {
      return { items: ['h', 's', 'c'].map(function (one) { return SECONDARY[one]; }), note: scene.secondary_source };
    }
    if (mode === 'along') { return { ramp: { stops: ALONG, least: 'N or 5′ end', most: 'C or 3′ end' }, items: [], note: '' }; }
    if (mode === 'b' && scene.b_column === 'plddt') {
      return { items: CONFIDENCE.map(function (band) { return [band[1], band[2]]; }), note: '' };
    }
    if (mode === 'b') {
      return { ramp: { stops: FLEXIBLE, least: digits(found.least), most: digits(found.most) + ' Å²' }, items: [], note: polymers.length ? 'B factors of the polymers' : 'B factors' };
    }
    var shown = polymers.length ? polymers : chains;
    return { items: shown.slice(0, 12).map(function (chain) { return [chain.colour, (chain.name || 'no name') + (chain.kind ? ' ' + chain.kind : ''), chain]; }),
      note: (shown.length > 12 ? 'and ' + (shown.length - 12) + ' more chains; ' : '') + (chains.length > CHAINS.length ? 'colours repeat after ' + CHAINS.length : '') };
  }

  // "A:57", "HIS A 57", "HEM", "57" or "A": residues in which each word is the chain, the name or the number.
  function find(text) {
    var words = text.trim().split(/[\s:/,]+/).filter(Boolean);
    function those(list, anyCase) {
      return residues.filter(function (one) {
        if (one.part === 'water' && !list.some(function (word) { return WATERS[word.toUpperCase()]; })) { return false; }
        var open = [one.chain, one.number, one.name.toUpperCase()];
        return list.every(function (word) {
          var at = open.findIndex(function (value, i) {
            return value !== null && (value === word || ((anyCase || i === 2) && value.toUpperCase() === word.toUpperCase()));
          });
          if (at >= 0) { open[at] = null; }
          return at >= 0;
        });
      });
    }
    var split = [];
    words.forEach(function (word) {
      var parts = /^([A-Za-z]+)(-?\d+[A-Za-z]?)$/.exec(word);
      if (parts) { split.push(parts[1], parts[2]); } else { split.push(word); }
    });
    if (!words.length) { return []; }
    return [[words, false], [split, false], [words, true], [split, true]].reduce(function (found, how) {
      return found.length ? found : those(how[0], how[1]);
    }, []);
  }
  function labelled(labels) {
    return labels.map(function (label) { return byName[label]; }).filter(function (one) { return one && one.part !== 'water'; });
  }
  function named(residue) { return residue.name + ' ' + residue.number + (residue.chain ? ', chain ' + residue.chain : ''); }
  function asked(residue) { return [residue.name, residue.chain, residue.number].filter(Boolean).join(' '); }

  return { chains: chains, polymers: polymers, residues: residues, known: known, modes: modes, atomsOf: atomsOf, painter: painter, legend: legend,
    find: find, labelled: labelled, named: named, asked: asked, elementless: NOT_POLYMER };
};
