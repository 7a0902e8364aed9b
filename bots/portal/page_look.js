/* What every script of ours knows about a page; the scripts that read follow it. */
const clean = (text) => text.replace(/\s+/g, " ").trim();

/* What can be read on the page; tabs and layers that are not shown may say other counts, other names. */
const textOutside = (skipped) => {
  const root = document.body || document.documentElement;
  const filter = (node) =>
    (node.nodeType === Node.ELEMENT_NODE && (skipped(node) || !node.checkVisibility())) || /^(SCRIPT|STYLE|NOSCRIPT|OPTION)$/.test(node.nodeName)
      ? NodeFilter.FILTER_REJECT
      : NodeFilter.FILTER_ACCEPT;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, filter);
  const words = [];
  while (walker.nextNode()) {
    if (walker.currentNode.nodeType === Node.TEXT_NODE) words.push(walker.currentNode.nodeValue);
  }
  return clean(words.join(" "));
};

/* The first of several selectors that finds something; the wanted one where none does. */
const firstThere = (selectors, roots = [document]) =>
  selectors.find((each) => Array.from(roots).some((root) => root.querySelector(each))) ?? selectors[0];

/* The mark of a lost session, empty while it lives. */
const stopMark = (text, { stops, outside, loginForm }) => {
  const address = location.href.replace(/\?[^#]*/g, "");
  const said = stops.find((mark) => text.includes(mark)) || outside.find((part) => address.includes(part));
  return said || (document.querySelector(loginForm) ? loginForm : "");
};

const pauseShortly = () => new Promise((resolve) => setTimeout(resolve, 20));
