// Wagtail starts its choosers from scripts within the page, which our Content-Security-Policy forbids. Such a script
// stays unrun in the document; what it would have done is done here, for these and for nothing else.
(function () {
  "use strict";
  var CALL = /^\s*(new )?(ImageChooser|DocumentChooser|PageChooser|Chooser|initDateTimeChooser|initDateChooser|initTimeChooser)\(("[^"\\<>]*"), (\{[\s\S]*\}|null)\);\s*$/;

  function start(script) {
    var found = CALL.exec(script.textContent);
    if (!found || typeof window[found[2]] !== "function") return;
    var id = JSON.parse(found[3]);
    var options = JSON.parse(found[4]);
    if (!document.getElementById(id)) return;
    if (found[1]) new window[found[2]](id, options);
    else window[found[2]](id, options);
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("script:not([src]):not([type])").forEach(start);
  });
})();
