// One dialog node serves every record: until the answer is here it shows the record before.
var Dialog = (function () {
  var OPENING = 300, isOpening = false;

  function el(id) { return document.getElementById(id); }

  function open(policyNo) {
    el('layerShade').style.display = el('layerDialog').style.display = 'block';
    el('layerDialog').classList.remove('layer-anim');
    void el('layerDialog').offsetWidth;
    el('layerDialog').classList.add('layer-anim');
    isOpening = true;
    setTimeout(function () { isOpening = false; }, OPENING);
    Portal.ask('GET', 'policies/' + encodeURIComponent(policyNo), null, fill, Portal.message);
  }

  function close() {
    if (isOpening) return;
    el('layerShade').style.display = el('layerDialog').style.display = 'none';
  }

  function day(text) { return (text || '').slice(0, 10); }

  function fill(answer) {
    var data = answer.data;
    document.querySelectorAll('#policySheet td[data-key]').forEach(function (cell) {
      var value = data[cell.getAttribute('data-key')];
      cell.textContent = /Date$/.test(cell.getAttribute('data-key')) ? day(value) : value === undefined ? '' : value;
    });
    el('endorTable').tBodies[0].innerHTML = data.endorsements.map(function (row) {
      return '<tr>' + [row.endorNo, row.item, day(row.effectiveDate), Portal.yuan(row.premiumBefore),
        Portal.yuan(row.premiumAfter)].map(function (text) { return '<td>' + Portal.escape(text) + '</td>'; }).join('') + '</tr>';
    }).join('') || '<tr><td colspan="5" class="none">无批改记录</td></tr>';
  }

  el('layerClose').addEventListener('click', close);
  return { open: open };
})();
