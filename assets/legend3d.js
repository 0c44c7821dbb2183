/* The legend of a biomolecule's colours: a ramp with its ends in numbers, or a name for each colour; a chain is a button that looks at it. */
window.retortLegend = function (place, legend, lookAtChain) {
  'use strict';
  place.replaceChildren();
  function piece(kind, tag) {
    var one = document.createElement(tag || 'span');
    one.className = kind;
    return one;
  }
  if (legend.ramp) {
    var bar = piece('ramp'), least = document.createElement('span'), most = document.createElement('span'), key = piece('key');
    bar.style.background = 'linear-gradient(to right, ' + legend.ramp.stops.join(', ') + ')';
    least.textContent = legend.ramp.least;
    most.textContent = legend.ramp.most;
    key.append(least, bar, most);
    place.append(key);
  }
  legend.items.forEach(function (item) {
    var key = piece('key', item[2] ? 'button' : 'span'), swatch = piece('swatch');
    swatch.style.background = item[0];
    key.append(swatch, item[1]);
    if (item[2]) {
      key.type = 'button';
      key.title = 'look at this chain';
      key.addEventListener('click', function () { lookAtChain(item[2].name); });
    }
    place.append(key);
  });
  if (legend.note) {
    var note = piece('note');
    note.textContent = legend.note;
    place.append(note);
  }
};
