/* Replace whole texts of the page: {text as it stands: what to show instead}. */
(replacements) => {
  const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const instead = replacements[walker.currentNode.nodeValue];
    if (instead !== undefined) walker.currentNode.nodeValue = instead;
  }
}
