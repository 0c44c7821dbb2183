/* The 3D viewer in its frame: draws one model at a time, measures between atoms, and names residues of biomolecules. */
(function () {
  'use strict';
  var byId = function (id) { return document.getElementById(id); };
  var scene = JSON.parse(byId('contents').textContent);

  function fail(sentence) {
    byId('failure').textContent = sentence;
    byId('failure').hidden = false;
    ['scene', 'controls', 'told', 'colouring'].forEach(function (id) { byId(id).hidden = true; });
    document.documentElement.dataset.state = 'failed';
  }

  // The page says which theme it shows; until then the system's choice holds.
  var viewer;
  function setTheme(dark) {
    document.documentElement.classList.toggle('dark', dark);
    if (viewer) { matchPaper(); }
  }
  // What is far away fades into the colour of the paper, and so does what is seen through a surface.
  function matchPaper() {
    viewer.setBackgroundColor(document.documentElement.classList.contains('dark') ? 0x171614 : 0xfbfaf7, 1);
    viewer.render();
  }
  setTheme(window.matchMedia('(prefers-color-scheme: dark)').matches);
  window.addEventListener('message', function (event) {
    if (event.source === window.parent && event.data && event.data.retortTheme) {
      setTheme(event.data.retortTheme === 'dark');
    }
  });
  window.parent.postMessage({ retortView: 'ready' }, '*');

  var probe = document.createElement('canvas');
  var probed = probe.getContext('webgl2') || probe.getContext('webgl');
  if (!probed) {
    return fail('This browser has no WebGL, so the structure cannot be turned in 3D here; turn on hardware ' +
                'acceleration or open the page in another browser.');
  }
  // Browsers keep some 16 drawing contexts: this one is given back, and an early viewer takes one again when it is turned to.
  var release = probed.getExtension('WEBGL_lose_context');
  if (release) { release.loseContext(); }
  function wake() { if (viewer.renderer.isLost()) { viewer.resize(); } }
  if (!window.$3Dmol) {
    return fail('The 3D viewer is not installed; run “make setup” once and load this page again.');
  }

  // Middle tones: they stay readable on white paper and on near black alike.
  var elements = { H: '#a8a7a2', D: '#a8a7a2', C: '#77766f', N: '#4673d9', O: '#d6453d', F: '#3f9a46', Cl: '#3a9b3f',
    Br: '#a8553a', I: '#8e57b5', S: '#b28a12', P: '#d1761f', B: '#c07c6c', Si: '#a68a5b', Na: '#8257c8', K: '#8a4fc0',
    Mg: '#4f9a2f', Ca: '#4f9a2f', Fe: '#c4602a', Zn: '#7173a8', Cu: '#b8733a' };
  var MARK = '#d98a1f', CHOSEN = '#e3b505';
  var MOST_SURFACE_ATOMS = 15000;
  var bio = scene.chains.length ? window.retortBiomolecule(scene) : null;
  var byElement = { prop: 'elem', map: elements };
  var lookedAt = bio ? bio.labelled(scene.selected.concat(scene.near)) : [];  // a selection that the tool was asked about
  var colouring = bio ? {} : { colorscheme: byElement };  // atoms of a biomolecule bear their colours
  function with_(style) { return Object.assign(style, colouring); }
  var styles = {
    'ball and stick': { stick: with_({ radius: 0.13 }), sphere: with_({ scale: 0.25 }) },
    'stick': { stick: with_({ radius: 0.18 }) },
    'spheres': { sphere: with_({}) }
  };
  if (bio && bio.polymers.length) { styles = Object.assign({ cartoon: null }, styles); }
  var names = { ballstick: 'ball and stick', stick: 'stick', sphere: 'spheres', cartoon: 'cartoon' };
  var chosen = names[scene.style] in styles ? names[scene.style] : 'ball and stick';
  var mode = !bio ? '' : scene.b_column === 'plddt' ? 'b' : 'chain';
  var shown = 0, surface = false, waters = false, measuring = !bio, selected = null, drawn = [], covering = 0;

  // Two clicked atoms are a distance, three an angle, four a torsion; a fifth, or an atom clicked again, begins anew.
  var picked = [], HINT = 'Click two atoms for their distance, three for an angle, four for a torsion.';
  function nameOf(atom) {
    return atom.residue ? atom.residue.chain + '/' + atom.residue.name + atom.residue.number + ' ' + atom.atom : atom.elem + (atom.index + 1);
  }
  function pick(atom) {
    if (!measuring) { return select(atom.residue === selected ? null : atom.residue); }
    var again = picked.some(function (one) { return one.index === atom.index; });
    picked = again ? [] : picked.length === 4 ? [atom] : picked.concat([atom]);
    tell();
  }

  // What stands over the model: dashes at gaps, the chosen residue, what is measured.
  function mark() {
    viewer.removeAllShapes();
    if (bio) { bio.residues.forEach(markGap); }
    if (selected) { markResidue(selected); }
    picked.forEach(function (atom, i) {
      viewer.addSphere({ center: atom, radius: 0.45, color: MARK, alpha: 0.55 });
      if (i) { viewer.addCylinder({ start: picked[i - 1], end: atom, radius: 0.04, color: MARK, dashed: true }); }
    });
    viewer.render();
  }
  function markGap(residue) {
    if (!residue.before || !residue.centre || !residue.before.centre) { return; }
    viewer.addCylinder({ start: residue.before.centre, end: residue.centre, radius: 0.16, color: residue.colour, dashed: true,
      dashLength: 0.7, gapLength: 0.6 });
  }
  function markResidue(residue) {
    residue.atoms.forEach(function (atom) {
      var hidden = atom.elem === 'H' && residue.part === 'polymer' && chosen === 'cartoon';
      if (hidden) { return; }
      viewer.addSphere({ center: atom, radius: chosen === 'spheres' ? 2 : 0.42, color: CHOSEN, alpha: 0.6 });
      if (chosen !== 'cartoon' || residue.part !== 'polymer') { return; }
      var colour = atom.elem === 'C' ? CHOSEN : elements[atom.elem] || bio.elementless;
      atom.bonds.forEach(function (index) {  // half of each bond, from this atom's side
        var other = drawn[index];
        if (other.residue !== residue || other.elem === 'H') { return; }
        var middle = { x: (atom.x + other.x) / 2, y: (atom.y + other.y) / 2, z: (atom.z + other.z) / 2 };
        viewer.addCylinder({ start: atom, end: middle, radius: 0.17, color: colour, fromCap: 2, toCap: 0 });
      });
    });
  }
  // The line below: what was measured, or what is chosen.
  function tell(sentence) {
    var line = byId('measured');
    byId('ask').hidden = !selected || measuring;
    if (sentence) { line.textContent = sentence; }
    else if (bio && !measuring) { tellSelected(line); }
    else {
      line.textContent = picked.length ? picked.map(nameOf).join(' – ') + ': ' : HINT;
      if (picked.length > 1) { bold(line, window.retortMeasure(picked)); } else if (picked.length) { line.textContent += 'click another atom'; }
    }
    mark();
  }
  function bold(line, text) {
    var value = document.createElement('b');
    value.textContent = text;
    line.appendChild(value);
  }
  function tellSelected(line) {
    line.textContent = selected ? '' : 'Click a residue or a ligand to name it.';
    if (!selected) { return; }
    bold(line, bio.named(selected));
    var letters = scene.conformations[selected.chain + '/' + selected.number] || '';
    if (letters.length > 1) { line.appendChild(document.createTextNode(' · conformation ' + letters[0] + ' of ' + letters.split('').sort().join(', '))); }
  }
  function select(residue, sentence) {
    selected = residue;
    tell(sentence);
  }
  function goTo(text) {
    if (!text.trim()) { return select(null); }
    var found = bio.find(text), chain = bio.chains.filter(function (one) { return one.name === text.trim(); })[0];
    if (!found.length) {
      return select(null, '“' + text.trim().slice(0, 30) + '” is no residue, ligand or chain of it; its chains are ' +
        bio.chains.slice(0, 8).map(function (one) { return one.name; }).join(', ') + (bio.chains.length > 8 ? ', …' : '') + '.');
    }
    setMeasuring(false);
    if (chain) {
      lookAt(found);
      return select(null, 'Chain ' + chain.name + (chain.kind ? ', ' + chain.kind : '') + ', ' + found.length.toLocaleString('en') + ' residues' + (found.some(function (one) { return one.part === 'ligand'; }) ? ' and ligands.' : '.'));
    }
    lookAt(found.slice(0, 1));
    select(found[0]);
    if (found.length > 1) { byId('measured').appendChild(document.createTextNode(' · the first of ' + found.length)); }
  }
  function lookAt(residues) {
    viewer.zoomTo({ resi: residues.map(function (one) { return one.place; }) });
    if (residues.length === 1) { viewer.zoom(0.6); }
  }
  function setMeasuring(on) {
    measuring = on || !bio;
    picked = [];
    byId('measure').setAttribute('aria-pressed', String(measuring));
  }

  function download(name, address) {
    var link = document.createElement('a');
    link.href = address;
    link.download = (scene.title.replace(/[^\w-]+/g, '_').slice(0, 60) || 'structure') + name;
    link.click();
  }
  function file() {
    var all = scene.models.map(function (text) { return scene.format === 'sdf' ? text.replace(/\s*(\$\$\$\$\s*)?$/, '\n$$$$$$$$\n') : text; });
    return scene.format === 'sdf' || scene.format === 'xyz' ? all.join('') : scene.models[shown];
  }

  function draw(keepView) {
    viewer.removeAllModels();
    clearSurface();
    picked = [];
    if (bio) { addBiomolecule(); } else {
      viewer.addModel(scene.models[shown], scene.format === 'mmcif' ? 'cif' : scene.format, { keepH: true });
    }
    drawn = viewer.getModel().selectedAtoms({});
    if (!drawn.length) { return fail('No atoms could be read from these coordinates.'); }
    restyle();
    viewer.setClickable({}, true, pick);
    if (surface) { addSurface(); }
    if (!keepView) { lookAtAll(); }
    tell();
    byId('label').textContent = (shown + 1) + ' of ' + scene.models.length +
      (scene.labels[shown] ? ' · ' + scene.labels[shown] : '');
    byId('previous').disabled = shown === 0;
    byId('next').disabled = shown === scene.models.length - 1;
  }
  // The whole of it, as large as it can be turned about without leaving the frame.
  function lookAtAll() {
    if (!bio) { return viewer.zoomTo(); }
    viewer.zoomTo({ predicate: isNoWater });
    var box = byId('scene').getBoundingClientRect(), half = Math.min(box.width, box.height) / 2, farthest = 0;
    drawn.filter(isNoWater).forEach(function (atom) {
      var at = viewer.modelToScreen(atom);
      farthest = Math.max(farthest, Math.hypot(at.x - box.left - box.width / 2, at.y - box.top - box.height / 2));
    });
    if (farthest > 0 && half > 0) { viewer.zoom(Math.max(0.5, Math.min(3, 0.92 * half / farthest))); }
  }
  function isNoWater(atom) { return atom.residue.part !== 'water'; }
  function addBiomolecule() {
    var model = viewer.addModel();
    model.addAtoms(bio.atomsOf(scene.models[shown]));
    model.assignBonds();
    // atoms were copied; an ion is a ball, whatever stands near it, and waters are bonded to nothing
    var atoms = model.selectedAtoms({});
    bio.residues.forEach(function (one) { one.atoms = one.atoms.map(function (atom) { return atoms[atom.index]; }); });
    atoms.forEach(function (atom) {
      var alone = atom.residue.atoms.length === 1 && atom.residue.part !== 'polymer';
      var kept = atom.bonds.filter(function (index) {
        var other = atoms[index].residue;
        return other === atom.residue || !(alone || other.part === 'water' || atom.residue.part === 'water' || other.atoms.length === 1);
      });
      if (kept.length !== atom.bonds.length) { atom.bonds = kept; atom.bondOrder = kept.map(function () { return 1; }); }
    });
    byId('waters').hidden = bio.residues.length === bio.known;
  }
  function restyle() {
    if (bio) { styleBiomolecule(); } else { viewer.setStyle({}, styles[chosen]); }
    Array.prototype.forEach.call(byId('styles').children, function (button) {
      button.setAttribute('aria-pressed', String(button.textContent === chosen));
    });
  }
  function styleBiomolecule() {
    var cartoon = chosen === 'cartoon', paint = bio.painter(mode, cartoon);
    drawn.forEach(function (atom) {
      atom.color = parseInt((paint(atom) || elements[atom.elem] || bio.elementless).slice(1), 16);
    });
    var isPart = function (part) { return { predicate: function (atom) { return atom.residue.part === part; } }; };
    viewer.setStyle({}, {});
    if (cartoon) {
      viewer.setStyle({ predicate: function (atom) { return atom.residue.part === 'polymer' && !atom.residue.traced; } },
        { cartoon: { arrows: true, thickness: 0.35 } });
      viewer.setStyle({ predicate: function (atom) { return atom.residue.part === 'polymer' && atom.residue.traced; } },
        { cartoon: { style: 'trace', thickness: 0.4 } });
      viewer.addStyle({ predicate: function (atom) { return atom.residue.short && atom.residue.part === 'polymer' && atom.elem !== 'H'; } },
        { stick: { radius: 0.15 } });
    } else { viewer.setStyle(isPart('polymer'), styles[chosen]); }
    if (cartoon && lookedAt.length) {
      viewer.addStyle({ predicate: function (atom) { return atom.residue.part === 'polymer' && atom.elem !== 'H' && lookedAt.indexOf(atom.residue) >= 0; } },
        { stick: { radius: 0.12, colorscheme: byElement } });
    }
    viewer.setStyle(isPart('ligand'), chosen === 'spheres' ? styles.spheres : { stick: { radius: 0.2 } });
    viewer.setStyle({ predicate: function (atom) { return atom.residue.part === 'ligand' && atom.residue.atoms.length === 1; } },
      { sphere: { scale: chosen === 'spheres' ? 1 : 0.5 } });
    if (waters) { viewer.setStyle(isPart('water'), { sphere: { scale: 0.2 } }); }
  }
  function addSurface() {
    if (!bio) { return viewer.addSurface(window.$3Dmol.SurfaceType.VDW, { opacity: 0.55, color: '#8fa9ab' }); }
    var part = bio.polymers.length ? 'polymer' : 'ligand';
    var covered = { predicate: function (atom) { return atom.residue.part === part && atom.elem !== 'H'; } };
    var count = viewer.getModel().selectedAtoms(covered).length;
    if (count > MOST_SURFACE_ATOMS) {
      setSurface(false);
      return tell('A surface of ' + count.toLocaleString('en') + ' atoms would stop this page for a while; up to ' +
        MOST_SURFACE_ATOMS.toLocaleString('en') + ' are drawn.');
    }
    coverNext(covered, bio.chains.filter(function (chain) { return chain.residues.some(function (one) { return one.part === part; }); }), covering);
  }
  // One chain after the other, so that the page can be used in between and the surface be called off.
  function coverNext(covered, chains, run) {
    if (run !== covering) { return; }
    if (!chains.length) { return tell(); }
    byId('measured').textContent = 'Drawing the surface: ' + chains.length + ' chain' + (chains.length > 1 ? 's' : '') + ' to go …';
    setTimeout(function () {
      if (run !== covering) { return; }
      var chain = chains[0].name;
      viewer.addSurface(window.$3Dmol.SurfaceType.SES, { opacity: 0.72 },
        { predicate: function (atom) { return covered.predicate(atom) && atom.residue.chain === chain; } }, covered);
      coverNext(covered, chains.slice(1), run);
    }, 30);
  }
  function clearSurface() {
    covering += 1;
    viewer.removeAllSurfaces();
  }
  function setSurface(on) {
    surface = on;
    byId('surface').setAttribute('aria-pressed', String(on));
  }
  function step(by) {
    var kept = selected;
    shown = Math.min(scene.models.length - 1, Math.max(0, shown + by));
    selected = kept && kept.part !== 'water' ? kept : null;
    draw(true);
  }
  function recolour() {
    restyle();
    if (bio) { window.retortLegend(byId('legend'), bio.legend(mode), goTo); }
    if (surface) { clearSurface(); addSurface(); }
    mark();
  }

  function startBiomolecule() {
    Object.keys(bio.modes).forEach(function (one) { byId('colour').add(new Option(bio.modes[one], one)); });
    byId('colour').value = mode;
    byId('colour').addEventListener('change', function () { mode = this.value; recolour(); });
    byId('colouring').hidden = byId('go').hidden = byId('measure').hidden = false;
    bio.residues.filter(function (one) { return one.part === 'ligand'; }).concat(bio.residues.filter(function (one) { return one.part === 'polymer'; }))
      .slice(0, 3000).forEach(function (one) { byId('places').append(new Option('', bio.asked(one))); });
    byId('goto').addEventListener('change', function () { goTo(this.value); });
    byId('waters').addEventListener('click', function () {
      waters = !waters;
      this.setAttribute('aria-pressed', String(waters));
      restyle();
      viewer.render();
    });
    byId('measure').addEventListener('click', function () { setMeasuring(!measuring); tell(); });
    // The page may put this into its composer; nothing is sent by itself.
    byId('ask').addEventListener('click', function () {
      window.parent.postMessage({ retortAsk: 'What is around ' + bio.asked(selected) + ' in ' + (scene.source || scene.title) + '?' }, '*');
    });
    window.retortLegend(byId('legend'), bio.legend(mode), goTo);
    var asked = bio.labelled(scene.selected);
    if (asked.length) {
      lookAt(asked);
      select(asked.length === 1 ? asked[0] : null);
    }
  }

  try {
    // Without workers: 3Dmol makes them from blobs, which the page's policy forbids.
    window.$3Dmol.setSyncSurface(true);
    viewer = window.$3Dmol.createViewer(byId('scene'), { backgroundAlpha: 0, antialias: true, disableFog: false });
    matchPaper();
    window.viewer = viewer;  // for who wants more of it from the browser's console
    Object.keys(styles).forEach(function (name) {
      var button = document.createElement('button');
      button.type = 'button';
      button.textContent = name;
      button.addEventListener('click', function () { chosen = name; restyle(); mark(); });
      byId('styles').appendChild(button);
    });
    byId('steps').hidden = scene.models.length < 2;
    byId('scene').setAttribute('aria-label', scene.title + ': arrow keys turn it, plus and minus zoom.');
    byId('previous').addEventListener('click', function () { step(-1); });
    byId('next').addEventListener('click', function () { step(1); });
    byId('reset').addEventListener('click', function () {
      viewer.setView([0, 0, 0, 0, 0, 0, 0, 1]);
      lookAtAll();
      viewer.render();
    });
    byId('spin').addEventListener('click', function () {
      var on = this.getAttribute('aria-pressed') !== 'true';
      this.setAttribute('aria-pressed', String(on));
      viewer.spin(on ? 'y' : false, 0.5);
    });
    byId('picture').addEventListener('click', function () { download('.png', viewer.pngURI()); });
    byId('coordinates').textContent = scene.format === 'mmcif' ? 'mmCIF' : scene.format.toUpperCase();
    byId('coordinates').addEventListener('click', function () {
      download(scene.format === 'mmcif' ? '.cif' : '.' + scene.format, 'data:text/plain;charset=utf-8,' + encodeURIComponent(file()));
    });
    byId('surface').addEventListener('click', function () {
      setSurface(!surface);
      if (surface) { addSurface(); } else { clearSurface(); tell(); }
      viewer.render();
    });
    byId('scene').addEventListener('keydown', function (event) {
      var turns = { ArrowLeft: ['y', -15], ArrowRight: ['y', 15], ArrowUp: ['x', -15], ArrowDown: ['x', 15] };
      if (turns[event.key]) { viewer.rotate(turns[event.key][1], turns[event.key][0]); }
      else if (event.key === '+' || event.key === '=') { viewer.zoom(1.15); }
      else if (event.key === '-') { viewer.zoom(1 / 1.15); }
      else if (event.key === 'Escape' && bio) { select(null); }
      else { return; }
      event.preventDefault();
      viewer.render();
    });
    ['pointerenter', 'focusin'].forEach(function (moment) { document.body.addEventListener(moment, wake); });
    new ResizeObserver(function () { viewer.resize(); viewer.render(); }).observe(byId('scene'));
    draw(false);
    if (bio && !document.documentElement.dataset.state) { startBiomolecule(); }
    if (!document.documentElement.dataset.state) { document.documentElement.dataset.state = 'ready'; }
  } catch (error) {
    fail('This structure could not be drawn in 3D (' + String(error && error.message || error).slice(0, 200) + ').');
  }
})();
