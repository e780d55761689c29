// MathML as a tree, and what its readers need that KaTeX does not write.
'use strict';

// The elements of a text without comments, as KaTeX writes it.
function parse(source) {
  const root = { inner: [] }, stack = [root];
  for (const [, close, tag, attributes, empty, text] of source.matchAll(/<(\/?)([a-z]+)([^>]*?)(\/?)>|([^<]+)/g)) {
    const top = stack[stack.length - 1];
    if (text !== undefined) top.text = (top.text || '') + text;
    else if (close) stack.pop();
    else {
      const element = { tag, attributes, inner: [] };
      top.inner.push(element);
      if (!empty) stack.push(element);
    }
  }
  return root.inner;
}

function write({ tag, attributes, text, inner }) {
  return `<${tag}${attributes}>${text || ''}${inner.map(write).join('')}</${tag}>`;
}

const scripts = /^(?:msub|msup|msubsup|munder|mover|munderover)$/;
const letters = { L: '\u2112', N: '\u{1D4A9}' };
const thin = () => ({ tag: 'mspace', attributes: ' width="0.167em"', inner: [] });

const mo = (element, shape) => element !== undefined && element.tag === 'mo' && shape.test(element.text || '');
const isFunction = (element) => (scripts.test(element.tag) ? isFunction(element.inner[0]) : element.tag === 'mi' && /^[A-Za-z]{2,}$/.test(element.text));
const isOperand = (element) => element !== undefined && (mo(element, /^[)\]}]$/) || !/^(?:mo|mspace|mtext)$/.test(element.tag)) && !isFunction(element);

// A script's element has no room for "apply function".
function bare(inner) {
  const [base, ...rest] = inner.filter((element) => !mo(element, /^\u2061$/));
  const lone = base.tag === 'mrow' && base.inner.length === 2 && mo(base.inner[1], /^\u2061$/);
  return [lone ? base.inner[0] : base, ...rest];
}

// Many readers set no space about the name of a function, and take every minus for a difference.
function row(inner) {
  return inner.flatMap((element, k) => {
    const before = inner[k - 1], after = inner[k + 1];
    if (isFunction(element)) {
      const closed = after === undefined || (mo(after, /./) && !mo(after, /^\u2061$/));
      return [...(isOperand(before) ? [thin()] : []), element, ...(closed || mo(after, /^\u2061$/) ? [] : [thin()])];
    }
    if (mo(element, /^\u2061$/)) return after === undefined || mo(after, /^[([{]$/) ? [element] : [element, thin()];
    const last = before && before.tag === 'mspace' ? inner[k - 2] : before;
    return mo(element, /^\u2212$/) && (last === undefined || mo(last, /^[^)\]}|\u2223\u2225\u27e9\u2061]*$/)) ? [{ ...element, attributes: ' form="prefix"' }] : [element];
  });
}

// Letters of script are letters of their own, since readers do not know the attribute.
function mend(element) {
  const { tag, attributes, text } = element;
  if (tag === 'annotation') return element;
  const inner = element.inner.map(mend);
  if (tag === 'mi' && / mathvariant="script"/.test(attributes)) {
    if (!letters[text]) throw new Error(`no letter ${text} of script is known`);
    return { tag, attributes: '', text: letters[text], inner };
  }
  if (scripts.test(tag)) return { ...element, inner: bare(inner) };
  return /^(?:mrow|mstyle|mtd)$/.test(tag) ? { ...element, inner: row(inner) } : { ...element, inner };
}

// Brackets stand close to what they hold, also where a reader who sets formulas takes one for an operator.
function closed(element) {
  const isBracket = mo(element, /^[()[\]{}|\u2223\u2225\u27e8\u27e9\u230a\u230b]$/) && element.attributes !== '';
  const attributes = isBracket ? `${element.attributes} lspace="0" rspace="0"` : element.attributes;
  return { ...element, attributes, inner: element.inner.map(closed) };
}

// Powers of ten in text are numbers with an exponent, not the small signs that fonts have for them.
const raised = '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079';
function powers(html) {
  return html.replace(/10([\u2070\u00b9\u00b2\u00b3\u2074-\u2079\u207b]+)(?![^<]*>)/g, (_, exponent) =>
    `10<sup>${[...exponent].map((c) => (c === '\u207b' ? '\u2212' : raised.indexOf(c))).join('')}</sup>`);
}

module.exports = { closed, mend, parse, powers, write };
