"""What the ledger announces.

`policy` (outbox topic, data {"epoch", "seq"}): the policy of the current company moved. Written by the
database itself in the moving transaction, so no change of policy can be silent. Receivers get it after
commit, perhaps more than once and out of order: the newest (epoch, seq) counts.
`verification` (outbox topic, data {"id"}): somebody asked for a verification.
`checkpoint` (live topic, data {"number"}): a checkpoint was signed.
"""

POLICY = "policy"
VERIFICATION = "verification"
CHECKPOINT = "checkpoint"
