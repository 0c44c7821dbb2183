/* The table of a batch (app/ui/views/rows.py): only the rows in sight are in the page, read from the server a hundred at a time
   and kept; while the batch runs it tells how far it is, and the rows come as they are done. */
(function () {
  'use strict';
  if (window.retortRows) { return; }
  window.retortRows = true;
  var ROW = 30, PAGE = 100, BEYOND = 12, NEAR = 4, ASKED_EVERY_MS = 1000, MOST_COLUMNS = 60, LONGEST = 200;

  function element(name, attributes, text) {
    var node = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    if (text !== undefined) { node.textContent = text; }
    return node;
  }
  function spoken(seconds) { return seconds < 100 ? Math.ceil(seconds) + ' s' : Math.round(seconds / 60) + ' min'; }
  function grouped(count) { return count.toLocaleString('en'); }

  function Rows(figure) {
    this.figure = figure;
    this.address = figure.dataset.rows;
    this.pages = {};
    this.asked = {};
    this.done = 0;
    this.columns = [];
    this.figure.textContent = '';
    this.status = this.figure.appendChild(element('p', { class: 'view-note', role: 'status' }));
    this.bar = this.figure.appendChild(element('progress', { hidden: '', 'aria-label': 'How far the batch is' }));
    this.box = this.figure.appendChild(element('div', { class: 'table-box', role: 'region', tabindex: '0', 'aria-label': figure.dataset.title, hidden: '' }));
    this.files = this.figure.appendChild(element('p', { class: 'files', hidden: '' }));
    this.box.addEventListener('scroll', this.scrolled.bind(this), { passive: true });
    // What is cut is told whole under the pointer: a title for every cell would be made for nobody.
    this.box.addEventListener('mouseover', function (event) {
      var under = event.target.closest('td');
      if (under && under.scrollWidth > under.clientWidth) { under.title = under.textContent; }
    });
    this.look();
  }

  // How far it is; again after a second while it runs, and never for a table that Gradio has thrown away.
  Rows.prototype.look = async function () {
    if (!this.figure.isConnected) { return; }
    var answer, state;
    try {
      answer = await fetch(this.address + '/rows');
      state = answer.ok ? (await answer.json()).state : null;
    } catch (_) { state = undefined; }  // the server is away; it may come back
    if (state && state.state) { this.take(state); }
    else { this.status.textContent = state === undefined ? 'The server cannot be reached; the table waits for it.' : 'The batch has not begun.'; }
    var isOver = state && state.state && state.state !== 'running';
    if (!isOver) { setTimeout(this.look.bind(this), ASKED_EVERY_MS); }
  };

  Rows.prototype.take = function (state) {
    var running = state.state === 'running', more = state.done !== this.done;
    this.done = state.done;
    this.total = state.total;
    // What names the record again stands last: the answers are what was asked for.
    var isName = function (column) { return /^(smiles|inchi|inchikey|formula|sequence)$/.test(column) ? 1 : 0; };
    var columns = (state.columns || []).slice(0, MOST_COLUMNS).sort(function (a, b) { return isName(a) - isName(b); });
    var parts = [grouped(state.done) + (state.total && state.total !== state.done ? ' of ' + grouped(state.total) : '') + ' record' + (state.done === 1 ? '' : 's')];
    if (state.failed) { parts.push(grouped(state.failed) + ' refused'); }
    if (running && state.left_s) { parts.push('about ' + spoken(state.left_s) + ' left'); }
    if (state.state === 'stopped') { parts.push('stopped; what is done is kept'); }
    if (state.state === 'failed') { parts = [state.sentence || 'The batch failed.']; }
    this.status.textContent = parts.join(' · ');
    this.bar.hidden = !running;
    if (running && state.total) { this.bar.max = state.total; this.bar.value = state.done; }
    if (columns.join('\n') !== this.columns.join('\n') || !this.table) { this.columns = columns; this.build(); }
    this.box.hidden = !this.done;
    this.offer(running ? [] : state.files || []);
    if (more) { this.forget(); this.draw(); }
  };

  // A page that was not full when it was read is read anew.
  Rows.prototype.forget = function () {
    var pages = this.pages;
    Object.keys(pages).forEach(function (page) { if (pages[page].length < PAGE) { delete pages[page]; } });
  };

  Rows.prototype.offer = function (names) {
    var files = this.files, address = this.address;
    files.textContent = names.length ? 'Download ' : '';
    names.forEach(function (name, index) {
      if (index) { files.append(' · '); }
      files.appendChild(element('a', { href: address + '/' + name, download: '' }, name.split('.').pop().toUpperCase()));
    });
    files.hidden = !names.length;
  };

  Rows.prototype.build = function () {
    this.box.textContent = '';
    this.table = this.box.appendChild(element('table', { 'aria-rowcount': this.done + 1 }));
    var head = this.table.createTHead().insertRow();
    ['Row', 'Name', 'Input'].concat(this.columns).forEach(function (name) {
      head.appendChild(element('th', { scope: 'col' }, name.replace(/_/g, ' ')));
    });
    this.body = this.table.createTBody();
    this.fixed = false;
  };

  // One drawing a frame at most, and none while what is drawn reaches far enough.
  Rows.prototype.scrolled = function () {
    var top = Math.floor(this.box.scrollTop / ROW), bottom = top + Math.ceil(this.box.clientHeight / ROW);
    if (Math.max(0, top - NEAR) < this.first || Math.min(this.done, bottom + NEAR) > this.last) { this.soon(); }
  };
  Rows.prototype.soon = function () {
    if (this.due) { return; }
    this.due = true;
    requestAnimationFrame(function () { this.due = false; this.draw(); }.bind(this));
  };

  Rows.prototype.draw = function () {
    if (!this.table || !this.done) { return; }
    var top = Math.floor(this.box.scrollTop / ROW);
    var first = this.first = Math.max(0, top - BEYOND);
    var last = this.last = Math.min(this.done, top + Math.ceil(this.box.clientHeight / ROW) + BEYOND);
    for (var page = Math.floor(first / PAGE); page <= Math.floor(Math.max(first, last - 1) / PAGE); page++) { this.read(page); }
    var rows = document.createDocumentFragment();
    rows.appendChild(this.space(first * ROW));
    for (var number = first; number < last; number++) { rows.appendChild(this.row(number)); }
    rows.appendChild(this.space((this.done - last) * ROW));
    this.body.replaceChildren(rows);
    this.table.setAttribute('aria-rowcount', this.done + 1);
    this.fix();
  };

  // The first rows settle how wide the columns are; after that nothing moves sideways while it is scrolled.
  Rows.prototype.fix = function () {
    if (this.fixed || !this.pages[0]) { return; }
    var heads = Array.from(this.table.tHead.rows[0].cells), widths = heads.map(function (cell) { return cell.offsetWidth; });
    if (!widths[0]) { return; }  // not in sight
    widths[0] = Math.max(widths[0], 10 * grouped(this.total || this.done).length + 20);  // the last number is the longest
    heads.forEach(function (cell, index) { cell.style.width = widths[index] + 'px'; });
    this.table.style.width = widths.reduce(function (sum, width) { return sum + width; }, 0) + 'px';
    this.table.classList.add('fixed');
    this.fixed = true;
  };

  Rows.prototype.space = function (height) {
    var row = element('tr', { class: 'space', 'aria-hidden': 'true' });
    row.style.height = height + 'px';
    return row;
  };

  Rows.prototype.row = function (number) {
    var kept = this.pages[Math.floor(number / PAGE)], found = kept && kept[number % PAGE];
    var row = element('tr', { 'aria-rowindex': number + 2 }), width = this.columns.length;
    row.appendChild(element('td', { class: 'number' }, grouped(number + 1)));
    if (!found) {
      row.appendChild(element('td', { colspan: width + 2, class: 'none' }, '…'));
      return row;
    }
    row.appendChild(cell(found.name, ''));
    row.appendChild(cell(found.input, 'mono'));
    if (!found.ok) {
      row.className = 'refused';
      row.appendChild(element('td', { colspan: Math.max(1, width) }, found.sentence));
      return row;
    }
    this.columns.forEach(function (name) {
      var value = (found.data || {})[name];
      row.appendChild(cell(value, typeof value === 'number' ? 'number' : /smiles|inchi|sequence|protein/.test(name) ? 'mono' : ''));
    });
    return row;
  };

  function cell(value, kind) {
    if (value === null || value === undefined || value === '') { return element('td', { class: 'none' }, '–'); }
    var text = typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
    if (typeof value === 'number') { text = text.replace('-', '−'); }
    return element('td', kind ? { class: kind } : {}, text.slice(0, LONGEST));
  }

  Rows.prototype.read = async function (page) {
    if (this.pages[page] || this.asked[page]) { return; }
    this.asked[page] = true;
    try {
      var answer = await fetch(this.address + '/rows?start=' + page * PAGE + '&count=' + PAGE);
      if (answer.ok) { this.pages[page] = (await answer.json()).rows; }
    } catch (_) { /* asked again at the next drawing */ }
    this.asked[page] = false;
    if (this.pages[page]) { this.soon(); }
  };

  function find() {
    document.querySelectorAll('.view.rows[data-rows]:not([data-live])').forEach(function (figure) {
      figure.dataset.live = '';
      new Rows(figure);
    });
  }
  var due = false;
  function watch() {
    new MutationObserver(function () {
      if (due) { return; }
      due = true;
      requestAnimationFrame(function () { due = false; find(); });
    }).observe(document.body, { childList: true, subtree: true });
    find();
  }
  if (document.body) { watch(); } else { document.addEventListener('DOMContentLoaded', watch); }
})();
