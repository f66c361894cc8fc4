// Ask the search of a built site, outside a browser: node search.js SITE QUERY...
// It prints a line of JSON for each query: the pages found, best first.
"use strict";
const fs = require("fs");
const path = require("path");
const vm = require("vm");

const [site, ...queries] = process.argv.slice(2);
const nothing = () => {};
const page = {
  console,
  URLSearchParams,
  document: { addEventListener: nothing, getElementById: nothing, documentElement: { dataset: { content_root: "./" } } },
  DOCUMENTATION_OPTIONS: { FILE_SUFFIX: ".html", LINK_SUFFIX: ".html", BUILDER: "html" },
  localStorage: { setItem: nothing },
  _: (text) => text,
  _ready: nothing,
  SPHINX_HIGHLIGHT_ENABLED: false,
};
page.window = page;
vm.createContext(page);
for (const name of ["_static/searchtools.js", "_static/language_data.js", "searchindex.js"]) {
  vm.runInContext(fs.readFileSync(path.join(site, name), "utf8"), page);
}
for (const query of queries) {
  page.query = query;
  const found = vm.runInContext("Search._performSearch(...Search._parseQuery(query))", page);
  console.log(JSON.stringify(found.reverse().map(([name]) => name)));
}
