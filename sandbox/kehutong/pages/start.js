function customerInAddress() {
  const found = location.hash.match(/^#customers\/(\w+)$/);
  return found ? found[1] : "";
}

async function openApp() {
  const id = customerInAddress();
  const turn = location.pathname.endsWith("/app") ? "replaceState" : "pushState";
  history[turn]({}, "", id ? `app#customers/${id}` : "app#customers");
  try {
    await callJson("api/session");
    await showCustomers();
    if (id) openDrawer(id);
  } catch (error) {
    if (root.childElementCount === 0) root.append(element("p", "message", error.message));
  }
}

window.addEventListener("popstate", () => {
  if (!byId("drawer")) return;
  const id = customerInAddress();
  if (id) openDrawer(id);
  else closeDrawer();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && wanted && !document.querySelector("dialog[open]")) goToList();
});

window.addEventListener("beforeunload", (event) => {
  if (byId("note") && byId("note").value.trim()) event.preventDefault();
});

openApp();
