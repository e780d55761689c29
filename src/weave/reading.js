// What a page remembers for its reader, in this browser only: how solutions are shown, and what was read.
(function () {
  'use strict';
  var root = document.documentElement;

  function recall(key, otherwise) {
    try { return JSON.parse(localStorage.getItem(key)) || otherwise; } catch (e) { return otherwise; }
  }
  function remember(key, value) {
    try { localStorage.setItem(key, JSON.stringify(value)); } catch (e) { /* private mode */ }
  }

  // Solutions: folded (each opens by itself), all open, or all out of sight.
  function solutions() {
    var control = document.querySelector('.solutions');
    var folds = document.querySelectorAll('.fold.solution');
    if (!control || folds.length === 0) return;
    var choice = control.querySelector('select');
    function apply() {
      root.dataset.solutions = choice.value;
      folds.forEach(function (fold) { fold.open = choice.value === 'open'; });
    }
    choice.value = recall('latent-solutions', 'folded');
    if (choice.value !== 'folded') apply();
    control.hidden = false;
    choice.addEventListener('change', function () { apply(); remember('latent-solutions', choice.value); });
  }

  function spoken(words) {
    var span = document.createElement('span');
    span.className = 'spoken';
    span.textContent = words;
    return span;
  }

  // A section is read when its end was seen; to jump over it is not to read it. `read` holds, for each
  // chapter, the ids of the sections read and how many there are.
  var page = document.body.dataset.page;
  var read = recall('latent-read', {});

  function markSections() {
    var done = read[page] ? read[page].ids : [];
    document.querySelectorAll('.side li li a').forEach(function (a) {
      if (done.indexOf(decodeURIComponent(a.hash.slice(1))) < 0 || a.classList.contains('read')) return;
      a.classList.add('read');
      a.appendChild(spoken(' (read)'));
    });
  }

  function followReading() {
    var headings = Array.prototype.slice.call(document.querySelectorAll('main h2[id]:not(#references)'));
    if (!/^\d/.test(page) || headings.length === 0) return;
    var entry = read[page] = { ids: (read[page] || { ids: [] }).ids, of: headings.length };
    var end = document.querySelector('footer');
    var waiting = false, seen = [];
    function ends() {
      return headings.filter(function (h, i) {
        var bottom = (headings[i + 1] || end).getBoundingClientRect().top;
        return bottom > 120 && bottom < window.innerHeight;
      });
    }
    function look() {
      waiting = false;
      var last = null;
      headings.forEach(function (h) {
        if (h.getBoundingClientRect().top < window.innerHeight / 2) last = h;
      });
      seen.concat(ends()).forEach(function (h) { if (entry.ids.indexOf(h.id) < 0) entry.ids.push(h.id); });
      if (last) remember('latent-place', { page: page, id: last.id, words: last.textContent.replace(/\s*#$/, '').replace(/\s+/g, ' ').trim() });
      remember('latent-read', read);
      markSections();
    }
    // Only scrolling is reading: a page that was merely opened leaves no trace, until the reader goes on.
    window.addEventListener('load', function () { seen = ends(); });
    window.addEventListener('scroll', function () {
      if (!waiting) { waiting = true; setTimeout(look, 300); }
    }, { passive: true });
  }

  // The home page says how far one is in each chapter, and where one was.
  function showProgress() {
    document.querySelectorAll('.problem, .first').forEach(function (entry) {
      var link = entry.querySelector('a');
      var name = link.getAttribute('href').replace(/\.html.*$/, '');
      if (!read[name] || read[name].ids.length === 0) return;
      var bar = document.createElement('p');
      bar.className = 'progress';
      bar.textContent = read[name].ids.length + ' of ' + read[name].of + ' sections read';
      (entry.querySelector('.words') || entry).appendChild(bar);
    });
    var place = recall('latent-place', null);
    var lead = document.querySelector('.lead');
    if (!place || !lead) return;
    var again = document.createElement('p');
    var link = document.createElement('a');
    var forget = document.createElement('button');
    again.className = 'again';
    link.href = place.page + '.html#' + encodeURIComponent(place.id);
    link.textContent = 'Continue at ' + place.words;
    forget.type = 'button';
    forget.textContent = 'Forget what I read';
    forget.addEventListener('click', function () {
      try { localStorage.removeItem('latent-read'); localStorage.removeItem('latent-place'); } catch (e) { /* private mode */ }
      document.querySelectorAll('.progress').forEach(function (bar) { bar.remove(); });
      again.remove();
      document.querySelector('main').focus();
    });
    again.append(link, ' ', forget);
    lead.after(again);
  }

  // Paper has no folds: what is printed shows the solutions, unless they are out of sight, and no fold's end.
  function printing() {
    var opened = [];
    window.addEventListener('beforeprint', function () {
      if (root.dataset.solutions === 'hidden') return;
      opened = Array.prototype.filter.call(document.querySelectorAll('.fold.solution'), function (fold) { return !fold.open; });
      opened.forEach(function (fold) { fold.open = true; });
    });
    window.addEventListener('afterprint', function () { opened.forEach(function (fold) { fold.open = false; }); });
  }

  solutions();
  printing();
  markSections();
  followReading();
  if (page === 'index') showProgress();
}());
