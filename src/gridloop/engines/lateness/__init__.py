"""How likely something will be late: a ridge logistic regression made honest on held-back rows, its marks, and counts over queues."""

from gridloop.engines.lateness.marks import Reliability, brier, reliability
from gridloop.engines.lateness.queues import Tally, ahead_by_due
from gridloop.engines.lateness.regression import Chances, learnt, log_odds

__all__ = ["Chances", "Reliability", "Tally", "ahead_by_due", "brier", "learnt", "log_odds", "reliability"]
