const root = document.getElementById("root");
const byId = (id) => document.getElementById(id);
const GONE = { session_expired: "登录已过期，请重新登录", displaced: "您的账号已在其他设备登录" };
const BROKEN = "网络异常，请稍后重试";

function show(viewId, path) {
  root.className = viewId === "customers-view" ? "app" : "";
  root.replaceChildren(byId(viewId).content.cloneNode(true));
  if (path) history.pushState({}, "", path);
}

function element(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.textContent = text;
  return node;
}

/* The answer of a fetch that was let in; otherwise the whole view goes and the promise fails. */
async function call(path, options = {}) {
  const answer = await fetch(path, options).catch(() => { throw new Error(BROKEN); });
  if (answer.ok) return answer;
  const body = await answer.json().catch(() => ({}));
  if (GONE[body.error]) showLogin(GONE[body.error]);
  else if (body.error === "login_required") showLogin("");
  else if (body.error === "password_expired") showPassword();
  throw new Error(body.message || BROKEN);
}

async function callJson(path, options) {
  const answer = await call(path, options);
  return answer.json().catch(() => { throw new Error(BROKEN); });
}

function post(path, body) {
  return callJson(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

function showLogin(message) {
  leaveCustomers();
  show("login-view", "login");
  byId("login-message").textContent = message;
  let captchaId = "";
  byId("login-form").onsubmit = async (event) => {
    event.preventDefault();
    const given = { account: byId("account").value, password: byId("password").value, captcha_id: captchaId, captcha: byId("captcha").value };
    const answer = await post("api/login", given).catch((error) => ({ ok: false, message: error.message }));
    if (answer.ok) return answer.need_code ? showCode(answer) : openApp();
    byId("login-message").textContent = answer.message;
    captchaId = answer.captcha_id || "";
    byId("captcha").value = "";
    byId("captcha-field").hidden = !captchaId;
    if (captchaId) document.querySelector("img.captcha").src = `api/captcha/${captchaId}.svg`;
  };
}

function showCode(sent) {
  show("code-view");
  const name = (message) => {
    byId("sms-phone").textContent = message.phone;
    byId("sms-code-id").textContent = sent.code_id = message.code_id;
  };
  const refused = (answer) => (answer.restart ? showLogin(answer.message) : (byId("code-message").textContent = answer.message));
  name(sent);
  byId("sms-code").focus();
  byId("resend").onclick = async () => {
    const answer = await post("api/login/resend", { code_id: sent.code_id }).catch((error) => ({ message: error.message }));
    if (!answer.ok) return refused(answer);
    name(answer);
    byId("code-message").textContent = "";
    byId("sms-code").value = "";
  };
  byId("code-form").onsubmit = async (event) => {
    event.preventDefault();
    const given = { code_id: sent.code_id, code: byId("sms-code").value, remember: byId("remember-device").checked };
    const answer = await post("api/login/code", given).catch((error) => ({ message: error.message }));
    if (answer.ok) openApp();
    else refused(answer);
  };
}

function showPassword() {
  leaveCustomers();
  show("password-view");
  byId("password-form").onsubmit = async (event) => {
    event.preventDefault();
    const given = { old: byId("old-password").value, new: byId("new-password").value };
    if (given.new !== byId("repeat-password").value) {
      byId("password-message").textContent = "两次输入的新密码不一致";
      return;
    }
    const answer = await post("api/password", given).catch((error) => ({ message: error.message }));
    if (answer.ok) openApp();
    else if (byId("password-message")) byId("password-message").textContent = answer.message;
  };
}
