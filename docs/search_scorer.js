// How the search of this site orders what it found: pages that say how to do something come before
// concepts, these before names of the reference, and what authors of plugins need comes last.
"use strict";

var Scorer = {
  score: ([page, , , , score]) => {
    const weights = [
      [/^(howto\/|tutorial|index|install|overview)/, 4],
      [/^(concepts|migration|examples|skills)/, 2],
      [/^reference\/(tracker|reader|functions|errors|cli)/, 1],
      [/^(design\/|plugins|seams|faults|changelog|reference\/)/, 0.3],
    ];
    const found = weights.find(([pattern]) => pattern.test(page));
    return score * (found ? found[1] : 1);
  },
  // The rest is what Sphinx has by default.
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
