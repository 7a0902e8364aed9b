// A buffered store: batches of a hundred by number, the last few kept, neighbours fetched ahead.
X.BATCH = 100;
X.KEPT_BATCHES = 8;

X.BufferedStore = function (url, onLoad, onFailure) {
  this.url = url;
  this.onLoad = onLoad;
  this.onFailure = onFailure;
  this.reload({});
};

X.BufferedStore.prototype.reload = function (query) {
  this.query = query;
  this.generation = (this.generation || 0) + 1;
  this.batches = {};
  this.pending = {};
  this.used = [];
  this.total = null;
  this.received = "0.00";
};

// undefined: not there yet; null: its batch came without it.
X.BufferedStore.prototype.at = function (index) {
  var batch = this.batches[Math.floor(index / X.BATCH)];
  return batch ? batch[index % X.BATCH] || null : undefined;
};

X.BufferedStore.prototype.want = function (first, last) {
  var from = Math.floor(first / X.BATCH), to = Math.floor(Math.max(last - 1, 0) / X.BATCH), number;
  for (number = from; number <= to; number++) { this.fetch(number); }
  if (this.total === null) { return; }
  if (from > 0) { this.fetch(from - 1); }
  if ((to + 1) * X.BATCH < this.total) { this.fetch(to + 1); }
};

X.BufferedStore.prototype.touch = function (number) {
  this.used = this.used.filter(function (other) { return other !== number; });
  this.used.push(number);
  while (this.used.length > X.KEPT_BATCHES) { delete this.batches[this.used.shift()]; }
};

X.BufferedStore.prototype.fetch = function (number) {
  var store = this, generation = this.generation;
  if (this.batches[number]) { this.touch(number); return; }
  if (this.pending[number]) { return; }
  this.pending[number] = true;
  var fields = {
    start: number * X.BATCH, limit: X.BATCH, page: number + 1,
    begin: this.query.begin || "", end: this.query.end || ""
  };
  X.post(this.url, fields, function (answer) {
    if (generation !== store.generation) { return; }
    delete store.pending[number];
    if (!answer.success) { store.onFailure(); X.alert("错误", answer.msg); return; }
    store.total = answer.total;
    store.received = answer.sums.premiumReceived;
    store.batches[number] = answer.root;
    store.touch(number);
    store.onLoad();
  }, function () {
    if (generation === store.generation) { delete store.pending[number]; store.onFailure(); }
  });
};
