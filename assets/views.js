/* Sorting tables, and telling the framed viewers which theme the page shows. Listens on the document once, because a script
   inside a message never runs. */
(function () {
  'use strict';
  if (window.retortViews) { return; }
  window.retortViews = true;

  var words = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

  function valueOf(row, column) {
    var cell = row.cells[column];
    if (!cell || cell.querySelector('.none')) { return null; }
    return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
  }
  function compare(a, b) {
    if (typeof a === 'number' && typeof b === 'number') { return a - b; }
    return words.compare(String(a), String(b));
  }
  document.addEventListener('click', function (event) {
    var button = event.target.closest && event.target.closest('.view .sort');
    if (!button) { return; }
    var header = button.closest('th'), table = button.closest('table'), body = table.tBodies[0];
    var down = header.getAttribute('aria-sort') === 'ascending';
    var rows = Array.from(body.rows).map(function (row) { return [valueOf(row, header.cellIndex), row]; });
    rows.sort(function (a, b) {
      if (a[0] === null || b[0] === null) { return (a[0] === null) - (b[0] === null); }  // gaps stay last
      return down ? compare(b[0], a[0]) : compare(a[0], b[0]);
    });
    table.querySelectorAll('th[aria-sort]').forEach(function (one) { one.setAttribute('aria-sort', 'none'); });
    header.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    rows.forEach(function (pair) { body.appendChild(pair[1]); });
  });

  function theme() {
    var dark = document.body.classList.contains('dark') || document.documentElement.classList.contains('dark');
    return { retortTheme: dark ? 'dark' : 'light' };
  }
  // A sandboxed frame has no origin to name, hence '*'; what is sent is no secret.
  window.addEventListener('message', function (event) {
    if (event.data && event.data.retortView === 'ready' && event.source) { event.source.postMessage(theme(), '*'); }
  });
  // A question that a viewer proposes goes into the composer and no further; only viewers of this page may propose one.
  window.addEventListener('message', function (event) {
    if (!event.data || typeof event.data.retortAsk !== 'string' || !window.retort || !window.retort.compose) { return; }
    var frames = Array.prototype.slice.call(document.querySelectorAll('iframe.frame'));
    if (!event.source || !frames.some(function (frame) { return frame.contentWindow === event.source; })) { return; }
    window.retort.compose(event.data.retortAsk.replace(/\s+/g, ' ').trim().slice(0, 300));
  });
  function tellAll() {
    document.querySelectorAll('.view iframe.frame').forEach(function (frame) {
      if (frame.contentWindow) { frame.contentWindow.postMessage(theme(), '*'); }
    });
  }
  function watch() {
    var watcher = new MutationObserver(tellAll);
    [document.body, document.documentElement].forEach(function (node) {
      watcher.observe(node, { attributes: true, attributeFilter: ['class'] });
    });
  }
  if (document.body) { watch(); } else { document.addEventListener('DOMContentLoaded', watch); }
})();
