/* One node serves every customer: while the next one loads, the one before is still to be read, greyed. */
let wanted = "";

function openDrawer(id) {
  wanted = id;
  byId("drawer-name").textContent = "加载中……";
  byId("drawer").classList.add("open");
  byId("drawer").setAttribute("aria-hidden", "false");
  byId("drawer").setAttribute("aria-busy", "true");
  document.querySelectorAll(".row").forEach((row) => row.classList.toggle("chosen", row.dataset.id === id));
  return loadDrawer(id);
}

async function loadDrawer(id) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  try {
    const customer = await callJson(`api/customers/${id}`);
    if (wanted === id) fillDrawer(customer);
  } catch (error) {
    if (wanted === id && byId("drawer-name")) byId("drawer-name").textContent = error.message;
  }
}

function fillDrawer(customer) {
  byId("drawer-name").textContent = customer.name;
  byId("basic").replaceChildren(...customer.basic.flatMap(([title, text]) => [element("dt", "", title), element("dd", "", text)]));
  byId("follow-ups").replaceChildren(...listOr(customer.follow_ups.map(followUp), "暂无跟进记录"));
  byId("policies").replaceChildren(...listOr(customer.policies.map(policy), "暂无保单"));
  byId("policy-total").textContent = `共 ${customer.policies.length} 张保单，保费合计 ${customer.premium_total} 元`;
  byId("drawer").setAttribute("aria-busy", "false");
}

const listOr = (nodes, text) => (nodes.length ? nodes : [element("li", "note empty", text)]);

function followUp(talk) {
  const node = element("li", "follow-up", "");
  node.append(element("span", "when", talk.at), element("span", "person", talk.person), element("p", "text", talk.text));
  return node;
}

function policy(found) {
  const node = element("li", "policy", "");
  const line = element("p", "", "");
  line.append(element("span", "insurer", found.insurer), " ", element("span", "product", found.product_name), " · ",
    element("span", "status", found.status), " · ", element("span", "effective", found.effective_date));
  node.append(element("span", "premium", found.premium), element("span", "policy-no", found.policy_no), line);
  return node;
}

function closeDrawer() {
  wanted = "";
  byId("drawer").classList.remove("open");
  byId("drawer").setAttribute("aria-hidden", "true");
  byId("note").value = "";
  document.querySelectorAll(".row.chosen").forEach((row) => row.classList.remove("chosen"));
}

async function saveNote() {
  const id = wanted;
  const text = byId("note").value.trim();
  if (!id || !text) return;
  await post(`api/customers/${id}/notes`, { text });
  byId("note").value = "";
  if (wanted === id) await loadDrawer(id);
}
