function wireDialogs() {
  byId("export-button").onclick = () => {
    byId("export-count").textContent = (byId("total").textContent.match(/\d+/) || [""])[0];
    byId("export-message").textContent = "";
    byId("export-dialog").showModal();
  };
  byId("import-button").onclick = () => {
    byId("import-message").textContent = "";
    byId("import-dialog").showModal();
  };
  byId("export-cancel").onclick = () => byId("export-dialog").close();
  byId("import-cancel").onclick = () => byId("import-dialog").close();
  byId("export-form").onsubmit = exportFile;
  byId("import-form").onsubmit = importFile;
  byId("cookie-banner").hidden = localStorage.getItem("kht_cookies") === "all";
  byId("cookie-accept").onclick = () => {
    localStorage.setItem("kht_cookies", "all");
    byId("cookie-banner").hidden = true;
  };
}

async function exportFile(event) {
  event.preventDefault();
  const given = { format: byId("export-form").elements.format.value, reason: byId("export-reason").value, q: searched };
  byId("export-confirm").disabled = true;
  byId("export-message").textContent = "正在生成文件……";
  try {
    const answer = await call("api/export", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) });
    const name = answer.headers.get("Content-Disposition").match(/filename="(.+)"/)[1];
    const blob = await answer.blob().catch(() => { throw new Error("导出失败：文件下载中断"); });
    saveAs(blob, name);
    byId("export-dialog").close();
  } catch (error) {
    if (byId("export-message")) byId("export-message").textContent = error.message;
  } finally {
    if (byId("export-confirm")) byId("export-confirm").disabled = false;
  }
}

function saveAs(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function importFile(event) {
  event.preventDefault();
  const file = byId("import-file").files[0];
  if (!file) {
    byId("import-message").textContent = "请选择文件";
    return;
  }
  const form = new FormData();
  form.append("file", file);
  const said = await callJson("api/import", { method: "POST", body: form })
    .then((answer) => `导入完成：成功 ${answer.accepted} 条，失败 ${answer.rejected} 条`, (error) => error.message);
  if (byId("import-message")) byId("import-message").textContent = said;
}
