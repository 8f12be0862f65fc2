package answer

import "budgetbot/internal/evaluatetest"

var findingOf = evaluatetest.FindingOf
