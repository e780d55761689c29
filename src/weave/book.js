// What a page does beyond being read. Everything works, if less comfortably, without it.
(function () {
  'use strict';
  var root = document.documentElement;

  // Theme: the reader's choice outlives the page; until there is one, the system decides.
  function themeButton() {
    var button = document.querySelector('button.theme');
    var system = window.matchMedia('(prefers-color-scheme: dark)');
    function isDark() { return root.dataset.theme ? root.dataset.theme === 'dark' : system.matches; }
    function show() { button.textContent = isDark() ? 'Light' : 'Dark'; button.setAttribute('aria-label', isDark() ? 'Use light colours' : 'Use dark colours'); }
    button.hidden = false;
    button.addEventListener('click', function () {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      try { localStorage.setItem('latent-theme', root.dataset.theme); } catch (e) { /* private mode */ }
      show();
    });
    system.addEventListener('change', show);
    show();
  }

  // In a narrow window a figure is drawn anew, with its panels in one column. What is drawn comes from a script
  // of its own, so that other windows need not carry it.
  function narrowFigures() {
    var narrow = window.matchMedia('(max-width: 32em)');
    var plots = document.querySelectorAll('main .figure > .plot');
    window.latentNarrow = function (id, svg) {
      var plot = document.getElementById(id).querySelector('.plot');
      plot.firstElementChild.classList.add('wide');
      plot.insertAdjacentHTML('beforeend', svg);
      plot.lastElementChild.classList.add('narrow');
    };
    function load() {
      if (!narrow.matches) return;
      narrow.removeEventListener('change', load);
      plots.forEach(function (plot) {
        var script = document.createElement('script');
        script.src = 'narrow/' + plot.parentElement.id + '.js';
        document.head.appendChild(script);
      });
    }
    narrow.addEventListener('change', load);
    load();
  }

  // Search is loaded when it is first asked for. Control and K, for a bare key belongs to screen readers.
  function searchButton() {
    var button = document.querySelector('button.find');
    var scripts = document.currentScript.src.replace(/book\.js.*$/, '');
    function open() {
      if (window.latentOpenSearch) return window.latentOpenSearch();
      if (document.querySelector('script[src$="search.js"]')) return;
      var script = document.createElement('script');
      script.src = scripts + 'search.js';
      document.head.appendChild(script);
    }
    button.hidden = false;
    button.addEventListener('click', open);
    document.addEventListener('keydown', function (event) {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        open();
      }
    });
  }

  // What scrolls within itself must be reachable by keyboard, and only then.
  function focusScrollers() {
    var sizes = new ResizeObserver(function (entries) {
      entries.forEach(function (e) {
        if (e.target.scrollWidth > e.target.clientWidth + 1) e.target.tabIndex = 0;
        else e.target.removeAttribute('tabindex');
      });
    });
    document.querySelectorAll('.equation, .scroll, pre').forEach(function (box) { sizes.observe(box); });
  }

  // The style sheet lets the browser leave for later what is far from the window, so that a long page
  // opens at once. The rest follows in idle moments, from the top: then heights are exact, and boxes
  // can be measured without laying out anything for it.
  function layOutRest() {
    var blocks = Array.prototype.slice.call(document.querySelectorAll('main > *'));
    var later = window.requestIdleCallback || function (work) { setTimeout(work, 20); };
    function some() {
      blocks.splice(0, 20).forEach(function (block) { block.style.contentVisibility = 'visible'; });
      if (blocks.length > 0) later(some); else focusScrollers();
    }
    later(some);
  }

  function copyButtons() {
    if (!navigator.clipboard && !document.execCommand) return;
    document.querySelectorAll('main pre').forEach(function (pre) {
      var button = document.createElement('button');
      button.type = 'button';
      button.className = 'copy';
      button.textContent = 'Copy';
      button.addEventListener('click', function () {
        copy(pre.textContent, function (ok) {
          button.textContent = ok ? 'Copied' : 'Not copied';
          setTimeout(function () { button.textContent = 'Copy'; }, 2000);
        });
      });
      var holder = document.createElement('div');
      holder.className = 'code-holder';
      var block = pre.closest('div.sourceCode') || pre;
      block.parentNode.insertBefore(holder, block);
      holder.appendChild(block);
      holder.appendChild(button);
    });
  }

  // A page opened from disk may not have the clipboard interface; the old command still works there.
  function copy(text, done) {
    if (navigator.clipboard) {
      navigator.clipboard.writeText(text).then(function () { done(true); }, function () { done(oldCopy(text)); });
    } else {
      done(oldCopy(text));
    }
  }

  function oldCopy(text) {
    var area = document.createElement('textarea');
    area.value = text;
    area.setAttribute('aria-hidden', 'true');
    document.body.appendChild(area);
    area.select();
    var ok = document.execCommand('copy');
    area.remove();
    return ok;
  }

  // A link to something folded away opens the fold it is in.
  function openTarget() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var at = target; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    if (target) target.scrollIntoView();
  }

  // The side contents show the section one is in.
  function followSections() {
    var links = {};
    document.querySelectorAll('.side li li a').forEach(function (a) { links[decodeURIComponent(a.hash.slice(1))] = a; });
    var headings = Array.prototype.filter.call(document.querySelectorAll('main h2[id]'), function (h) { return links[h.id]; });
    if (headings.length === 0) return;
    var waiting = false;
    function mark() {
      waiting = false;
      var current = null;
      headings.forEach(function (h) { if (h.getBoundingClientRect().top < 120) current = h; });
      Object.keys(links).forEach(function (id) {
        if (current && id === current.id) links[id].setAttribute('aria-current', 'location');
        else links[id].removeAttribute('aria-current');
      });
    }
    window.addEventListener('scroll', function () {
      if (!waiting) { waiting = true; requestAnimationFrame(mark); }
    }, { passive: true });
    requestAnimationFrame(mark);
  }

  themeButton();
  narrowFigures();
  searchButton();
  copyButtons();
  followSections();
  window.addEventListener('load', layOutRest);
  if (location.hash) openTarget();
  window.addEventListener('hashchange', openTarget);
}());
