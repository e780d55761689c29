// Search over the whole book, offline. The words come as a script (search-data.js) that is loaded with this one
// when the reader first asks; lunr makes the index of them in the browser.
(function () {
  'use strict';
  var root = document.currentScript.src.replace(/assets\/search\.js.*$/, '');
  var docs = null, index = null, dialog, field, list, status;

  window.latentSearch = function (all) { docs = all; };

  // lunr tells the nodes of its set of words apart by their labels and numbers, written without anything
  // between: where a label is a digit two nodes can look alike, and words come out that nobody wrote.
  function mendTokenSet() {
    window.lunr.TokenSet.prototype.toString = function () {
      var edges = this.edges;
      return this._str || (this.final ? '1' : '0') + Object.keys(edges).sort().map(function (label) { return label + ':' + edges[label].id + ';'; }).join('');
    };
  }

  function build() {
    mendTokenSet();
    index = window.lunr(function () {
      this.ref('i');
      this.field('label', { boost: 12 });
      this.field('title', { boost: 8 });
      this.field('tex', { boost: 2 });
      this.field('text');
      docs.forEach(function (doc, i) {
        this.add({ i: i, label: doc.n || '', title: doc.t, tex: words(doc.e || ''), text: doc.x || '' });
      }, this);
    });
  }

  // TeX and names are searched by their words: \frac{N_k}{N} as frac, N_k, N.
  function words(text) { return text.replace(/[^\w.-]+/g, ' '); }
  function dense(text) { return text.replace(/[\s{}$]+/g, ''); }

  // Every term must occur, if only as a part of a word; whole words and beginnings count for more.
  // With `slips` a term may be one letter off instead, or its stem two.
  function matches(terms, slips) {
    var required = window.lunr.Query.presence.REQUIRED, any = window.lunr.Query.wildcard;
    return index.query(function (query) {
      terms.forEach(function (term) {
        var stem = window.lunr.stemmer(new window.lunr.Token(term)).toString();
        if (slips) return query.term(stem, { usePipeline: false, presence: required, editDistance: stem.length > 6 ? 2 : 1 });
        query.term(stem, { usePipeline: false, presence: required, wildcard: any.LEADING | any.TRAILING });
        query.term(term, { boost: 20 });
        query.term(stem, { usePipeline: false, boost: 4, wildcard: any.TRAILING });
      });
    });
  }

  function find(text) {
    // "equation 1.5" and "(1.5)" are asked for by their number.
    var numbered = text.match(/^(?:eq|equation|claim|definition|figure|fig|table|listing|exercise|section)?\.?\s*\(?(\d+\.\d+)\)?$/i);
    var terms = words((numbered ? numbered[1] : text).toLowerCase()).split(/[\s-]+/).map(function (t) { return t.replace(/^[.]+|[.]+$/g, ''); }).filter(Boolean);
    if (terms.length === 0) return [];
    var hits = matches(terms, false);
    if (hits.length === 0) hits = matches(terms, true);
    // A long word that is misspelt near its end is known by its beginning.
    if (hits.length === 0) hits = matches(terms.map(function (t) { return t.length > 7 ? t.slice(0, Math.floor(0.55 * t.length)) : t; }), false);
    var found = hits.map(function (hit) { return +hit.ref; });
    if (numbered) {
      var kind = text.replace(/[^a-z]/gi, '').slice(0, 3).toLowerCase();
      var alike = kind === '' || /^eq|^equ/.test(kind) ? /^(?:claim|definition|assumption)$/ : new RegExp('^' + kind);
      found = found.filter(function (i) { return docs[i].n === numbered[1]; });
      found.sort(function (i, j) { return alike.test(docs[j].k) - alike.test(docs[i].k); });
    } else {
      // What is defined comes before the functions that are named after it, unless one of them is asked for.
      if (text.indexOf('_') < 0) found.sort(function (i, j) { return (docs[i].k === 'function') - (docs[j].k === 'function'); });
    }
    // TeX as it was written comes first.
    if (/[\\_^{]/.test(text)) {
      var tex = dense(text);
      var written = [];
      docs.forEach(function (doc, i) { if (doc.e && dense(doc.e).indexOf(tex) >= 0) written.push(i); });
      found = written.concat(found.filter(function (i) { return written.indexOf(i) < 0; }));
    }
    return found.slice(0, 40).map(function (i) { return docs[i]; });
  }

  function excerpt(doc, terms) {
    var text = doc.x || '', at = -1;
    terms.forEach(function (t) { if (at < 0) at = text.toLowerCase().indexOf(t.toLowerCase()); });
    var from = Math.max(0, at - 60), to;
    if (from > 0) from = text.indexOf(' ', from) + 1;
    to = text.length > from + 170 ? text.lastIndexOf(' ', from + 170) : text.length;
    return (from > 0 ? '… ' : '') + text.slice(from, to) + (to < text.length ? ' …' : '');
  }

  function marked(text, terms) {
    var span = document.createElement('span');
    var pattern = terms.map(function (t) { return t.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'); }).join('|');
    text.split(new RegExp('(' + pattern + ')', 'gi')).forEach(function (part, i) {
      if (i % 2) {
        var mark = document.createElement('mark');
        mark.textContent = part;
        span.appendChild(mark);
      } else {
        span.append(part);
      }
    });
    return span;
  }

  function entry(doc, terms) {
    var item = document.createElement('li'), link = document.createElement('a');
    var head = document.createElement('span'), kind = document.createElement('span');
    link.href = root + doc.u;
    head.className = 'hit-title';
    kind.className = 'hit-kind';
    kind.textContent = doc.k;
    head.append(marked((doc.n && doc.t.indexOf(doc.n) < 0 ? doc.n + '  ' : '') + doc.t, terms));
    link.append(kind, ' ', head);
    if (doc.h) {
      var formula = document.createElement('span');
      formula.className = 'hit-formula';
      formula.innerHTML = '<span class="katex">' + doc.h + '</span>';
      link.append(formula);
    } else if (doc.x) {
      var text = document.createElement('span');
      text.className = 'hit-text';
      text.append(' ', marked(excerpt(doc, terms), terms));
      link.append(text);
    }
    link.addEventListener('click', function () { dialog.close(); });
    item.appendChild(link);
    return item;
  }

  function show() {
    var text = field.value.trim();
    var terms = words(text).split(/\s+/).filter(function (t) { return t.length > 1; });
    var found = text && index ? find(text) : [];
    list.replaceChildren.apply(list, found.map(function (doc) { return entry(doc, terms.length ? terms : [text]); }));
    status.textContent = !text ? 'Text, numbers of equations, TeX, labels of claims, functions, mistakes.'
      : !index ? 'One moment …' : found.length === 0 ? 'Nothing found.' : found.length === 1 ? '1 result' : found.length + (found.length === 40 ? ' results or more' : ' results');
  }

  // Down and Up go through the results, Enter in the field opens the first, Escape closes at once (in a
  // search field a browser would only empty it).
  function keys(event) {
    var links = Array.prototype.slice.call(list.querySelectorAll('a'));
    var at = links.indexOf(document.activeElement);
    if (event.key === 'ArrowDown' && links[at + 1]) links[at + 1].focus();
    else if (event.key === 'ArrowUp' && at >= 0) (links[at - 1] || field).focus();
    else if (event.key === 'Escape') dialog.close();
    else if (event.key === 'Enter' && document.activeElement === field && links[0]) links[0].click();
    else return;
    event.preventDefault();
  }

  function make() {
    dialog = document.createElement('dialog');
    dialog.className = 'search';
    dialog.setAttribute('aria-label', 'Search the book');
    dialog.innerHTML = '<form method="dialog"><label for="Search">Search the book</label>' +
      '<input type="search" id="Search" autocomplete="off" spellcheck="false"><button type="submit" value="close">Close</button></form>' +
      '<p role="status"></p><ol></ol>';
    field = dialog.querySelector('input');
    list = dialog.querySelector('ol');
    status = dialog.querySelector('[role="status"]');
    dialog.addEventListener('keydown', keys);
    dialog.addEventListener('click', function (event) { if (event.target === dialog) dialog.close(); });
    field.addEventListener('input', show);
    document.body.appendChild(dialog);
  }

  function script(name, then) {
    var element = document.createElement('script');
    element.src = root + 'assets/' + name;
    element.onload = then;
    document.head.appendChild(element);
  }

  window.latentOpenSearch = function () {
    if (!dialog) make();
    show();
    if (!dialog.open) dialog.showModal();
    field.select();
  };

  script('lunr.js', function () {
    script('search-data.js', function () {
      build();
      show();
    });
  });
  window.latentOpenSearch();
}());
