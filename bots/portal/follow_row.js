/* Click the link of one row. Answers what is wrong. */
(question) => {
  const { trouble, target } = findRowLink(question);
  if (!trouble) target.click();
  return trouble;
}
