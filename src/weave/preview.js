// Previews: what a reference leads to, shown beside it while the pointer rests on it or the keyboard is at it.
// Of this page it is copied from the page; of another page it comes from a script that holds that page's
// previews and is loaded when first asked for, for pages opened from disk may not fetch.
(function () {
  'use strict';
  var held = {}; // previews of other pages by name: html by id
  var waiting = {};
  var box = null, owner = null, timer = 0;

  window.latentPreviews = function (name, previews) {
    held[name] = previews;
    (waiting[name] || []).forEach(function (then) { then(); });
    delete waiting[name];
  };

  function load(name, then) {
    if (held[name]) return then();
    if (waiting[name]) return waiting[name].push(then);
    waiting[name] = [then];
    var script = document.createElement('script');
    script.src = 'previews/' + name + '.js';
    document.head.appendChild(script);
  }

  // A copy that only shows: no ids but those that a picture refers to itself by, no links, no controls.
  function bare(element) {
    element.querySelectorAll('details.badge').forEach(function (d) {
      var p = document.createElement('p');
      p.className = 'status';
      p.append.apply(p, Array.prototype.slice.call(d.querySelector('summary').childNodes));
      d.replaceWith(p);
    });
    element.querySelectorAll('details, button, .links, .permalink, .code-of, .exercise > :not(.exercise-head):not(p)').forEach(function (e) { e.remove(); });
    element.querySelectorAll('a').forEach(function (a) {
      var span = document.createElement('span');
      span.className = a.className;
      span.append.apply(span, Array.prototype.slice.call(a.childNodes));
      a.replaceWith(span);
    });
    element.querySelectorAll('[tabindex]').forEach(function (e) { e.removeAttribute('tabindex'); });
    element.querySelectorAll('h2, h3, h4').forEach(function (h) {
      var p = document.createElement('p');
      p.className = 'preview-title';
      p.append.apply(p, Array.prototype.slice.call(h.childNodes));
      h.replaceWith(p);
    });
    element.querySelectorAll('[id]').forEach(function (e) { if (!e.closest('svg')) e.removeAttribute('id'); });
    return element;
  }

  // What stands at an id: a statement, figure or the like as it is; of a section its head and first words.
  function ofThisPage(id) {
    var at = document.getElementById(id);
    var out = document.createElement('div');
    if (!at) return null;
    out.appendChild(at.cloneNode(true));
    if (/^H[2-4]$/.test(at.tagName) && at.nextElementSibling) out.appendChild(at.nextElementSibling.cloneNode(true));
    out.querySelectorAll('[id]').forEach(function (e) { e.removeAttribute('id'); });
    return bare(out);
  }

  // What the pointer's reader can see already needs no preview, which might cover it.
  function inSight(id) {
    var at = document.getElementById(id), box = at && at.getBoundingClientRect();
    return box && box.top >= 0 && box.bottom <= window.innerHeight;
  }

  function place(link) {
    var at = link.getClientRects()[0], gap = 8;
    box.style.left = '0';
    var wide = Math.min(box.offsetWidth, document.documentElement.clientWidth - 2 * gap);
    var left = Math.max(gap, Math.min(at.left - 24, document.documentElement.clientWidth - wide - gap));
    var above = at.bottom + gap + box.offsetHeight > window.innerHeight && at.top - gap > box.offsetHeight;
    box.style.left = left + window.scrollX + 'px';
    box.style.top = (above ? at.top - gap - box.offsetHeight : at.bottom + gap) + window.scrollY + 'px';
  }

  function hide() {
    clearTimeout(timer);
    if (!box) return;
    box.remove();
    owner.removeAttribute('aria-describedby');
    box = owner = null;
  }

  function show(link, content) {
    if (!content || !content.textContent.trim()) return;
    hide();
    box = document.createElement('div');
    box.className = 'preview';
    box.id = 'Preview';
    box.setAttribute('role', 'tooltip');
    box.appendChild(content);
    box.addEventListener('pointerenter', function () { clearTimeout(timer); });
    box.addEventListener('pointerleave', leave);
    document.body.appendChild(box);
    owner = link;
    link.setAttribute('aria-describedby', 'Preview');
    place(link);
  }

  function target(link) {
    var path = link.pathname.replace(/^.*\//, '').replace(/\.html$/, '');
    var id = decodeURIComponent(link.hash.slice(1));
    return { here: link.pathname === location.pathname, page: path, id: id };
  }

  function open(link, byPointer) {
    if (owner === link) return;
    var to = target(link);
    if (to.here) return byPointer && inSight(to.id) ? hide() : show(link, ofThisPage(to.id));
    load(to.page, function () {
      var html = held[to.page][to.id];
      if (!html || wanted !== link) return;
      var out = document.createElement('div');
      out.innerHTML = html;
      show(link, bare(out));
    });
  }

  var wanted = null;
  function come(link, delay, byPointer) {
    clearTimeout(timer);
    wanted = link;
    timer = setTimeout(function () { open(link, byPointer); }, delay);
  }
  function leave() {
    clearTimeout(timer);
    wanted = null;
    timer = setTimeout(hide, 250);
  }

  // References to parts of the book; the pages of the sources have none to show.
  function isReference(link) {
    return link && link.hash.length > 1 && link.closest('main') && !/\/source\//.test(link.pathname) &&
      link.protocol === location.protocol && !link.matches('.number, .permalink, .line');
  }
  document.addEventListener('pointerover', function (event) {
    if (event.pointerType === 'touch') return;
    var link = event.target.closest && event.target.closest('a[href]');
    if (isReference(link)) {
      come(link, 200, true);
      link.addEventListener('pointerleave', leave, { once: true });
    }
  });
  document.addEventListener('focusin', function (event) {
    var link = event.target;
    if (link.tagName === 'A' && link.matches(':focus-visible') && isReference(link)) come(link, 0);
    else if (owner) hide();
  });
  document.addEventListener('focusout', leave);
  document.addEventListener('keydown', function (event) { if (event.key === 'Escape') hide(); });
  window.addEventListener('resize', hide);
}());
