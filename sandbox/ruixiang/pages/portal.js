// Session and small layers, shared by the shell and the pages inside its tabs.
var Portal = (function () {
  var KEY = 'rxToken';
  var root = document.documentElement.getAttribute('data-root');
  var leaving = false;

  function message(text) {
    var old = document.querySelector('.layer-msg');
    if (old) old.remove();
    var box = document.createElement('div');
    box.className = 'layer-msg';
    box.textContent = text;
    document.body.appendChild(box);
    setTimeout(function () { box.remove(); }, 3000);
  }

  function leave(text) {
    if (leaving) return;
    leaving = true;
    sessionStorage.removeItem(KEY);
    if (text) alert(text);
    top.location.href = root;
  }

  function ask(method, path, body, done, failed) {
    var xhr = new XMLHttpRequest();
    xhr.open(method, root + 'api/' + path);
    xhr.setRequestHeader('X-Token', sessionStorage.getItem(KEY) || '');
    if (body) xhr.setRequestHeader('Content-Type', 'application/json;charset=utf-8');
    xhr.onerror = function () { failed('数据接口请求异常：error'); };
    xhr.onload = function () {
      var answer;
      if (xhr.status !== 200) return failed('数据接口请求异常：' + xhr.status);
      try { answer = JSON.parse(xhr.responseText); } catch (e) { return failed('数据接口请求异常：parsererror'); }
      if (answer.code === 1001 || answer.code === 1004) return leave(answer.msg);
      if (answer.code !== 0) return failed(answer.msg);
      done(answer);
      if (answer.survey) top.Survey.show();
    };
    xhr.send(body ? JSON.stringify(body) : null);
  }

  function escape(text) {
    return String(text).replace(/[&<>"']/g, function (c) { return '&#' + c.charCodeAt(0) + ';'; });
  }

  function yuan(text) {
    var parts = String(text).split('.');
    return parts[0].replace(/\B(?=(\d{3})+$)/g, ',') + '.' + parts[1];
  }

  function fenAsYuan(fen) {
    var digits = ('00' + Math.abs(fen)).slice(-Math.max(3, String(Math.abs(fen)).length));
    return (fen < 0 ? '-' : '') + yuan(digits.slice(0, -2) + '.' + digits.slice(-2));
  }

  return { KEY: KEY, message: message, leave: leave, ask: ask, escape: escape, yuan: yuan, fenAsYuan: fenAsYuan };
})();
