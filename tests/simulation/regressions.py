"""Seeds that break a promise where a defect comes back, with the defect that each one shows.

A change of the plan or the weather gives every seed another story. `tests.simulation.mutants`
brings the defects back, and names the seeds that show them then.
"""

from collections.abc import Mapping

REGRESSIONS: Mapping[int, str] = {
    4: "what a circuit breaker went back to was taken for what the stage was verified on",
    46: "a registration whose answer was lost was forgotten when a newer release came",
    249: "a restored ledger, and a stage new to it, brought again what had failed since",
    358: "a backup that was written over the ledger gave out numbers again that were used since",
    369: "a stage whose way back had failed still counted as running what it ran before",
    3514: "what another hand brought just before the deadline was taken back",
    6944: "where a breaker brought what was never verified, the release from before stayed live",
    101065: "what people wanted of a stage that left the configuration waited for ever",
    112559: "a revision of ours was forgotten for another's with the same content",
    120322: "what people wanted of a stage that left the configuration waited for ever",
    123450: "an index that was behind doubled the wait of an announcement until it was never sent",
    128727: "a revision of ours was forgotten for another's with the same content",
    130462: "what was under way at the call, and a breaker went back to, was taken for another's",
    134263: "an index that was behind doubled the wait of an announcement until it was never sent",
    134496: "a deployment was ended by a worker that had not seen its service move",
    139272: "deleting the image that was held at adoption deployed an older one",
}
