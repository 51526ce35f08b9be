"""Who gets what on every route: literal data, read by tests/operators/test_permission_table.py.

One line per route and method. A route or method without a line fails the suite, and so does a line without a
route. Adding a route: add its line here; the failing test prints one to start from.

Columns: nobody (no cookie) · olga (owner) · alice (security) · rita (reception) · carol (compliance) · bob
(read-only), all of Acme on Acme's host · charlie: Globex's owner with that cookie on Acme's host · half:
alice with her password but without the second factor · pia: the platform's operator on the platform's own
host · dora: no cookie, but each request signed by the key of a reader at Acme · henri: signed by the key of
his phone. On the public host and on the raw routes the same people, with the same cookies and keys. Kim (a
kiosk) has no column: a kiosk is refused wherever it did not sign for its own routes.

Numbers are statuses of a request with an empty body and no such row: 404 says "may, but there is none".
"""

from tests.permission_visits import VISITS

COLUMNS = ("nobody", "olga", "alice", "rita", "carol", "bob", "charlie", "half", "pia", "dora", "henri")

COMPANY = """
#                                                 nobody olga alice rita carol bob charlie half pia dora henri

# operators
GET  /sign-in/                                           200 302 302 302 302 302 200 200 302 200 200
POST /sign-in/                                           200 302 302 302 302 302 200 200 302 200 200
GET  /sign-in/code/                                      302 302 302 302 302 302 302 200 302 302 302
POST /sign-in/code/                                      302 302 302 302 302 302 302 200 302 302 302
POST /sign-out/                                          302 302 302 302 302 302 302 302 302 302 302
GET  /two-factor/                                        302 200 200 200 200 200 302 302 200 302 302
GET  /two-factor/set-up/                                 302 200 200 200 200 200 302 302 200 302 302
POST /two-factor/set-up/                                 302 200 200 200 200 200 302 302 200 302 302
POST /two-factor/codes/                                  302 200 200 200 200 200 302 302 200 302 302
GET  /password/change/                                   302 200 200 200 200 200 302 302 200 302 302
POST /password/change/                                   302 200 200 200 200 200 302 302 200 302 302
GET  /password/forgotten/                                200 200 200 200 200 200 200 200 200 200 200
POST /password/forgotten/                                200 200 200 200 200 200 200 200 200 200 200
GET  /password/reset/<str:token>/                        410 410 410 410 410 410 410 410 410 410 410
POST /password/reset/<str:token>/                        410 410 410 410 410 410 410 410 410 410 410
GET  /settings/operators/                                302 200 403 403 403 403 302 302 403 302 302
GET  /settings/operators/add/                            302 200 403 403 403 403 302 302 403 302 302
POST /settings/operators/add/                            302 200 403 403 403 403 302 302 403 302 302
GET  /settings/operators/<uuid:pk>/                      302 404 403 403 403 403 302 302 403 302 302
POST /settings/operators/<uuid:pk>/                      302 404 403 403 403 403 302 302 403 302 302
POST /settings/operators/<uuid:pk>/deactivate/           302 404 403 403 403 403 302 302 403 302 302
POST /settings/operators/<uuid:pk>/reactivate/           302 404 403 403 403 403 302 302 403 302 302
POST /settings/operators/<uuid:pk>/invite/               302 404 403 403 403 403 302 302 403 302 302
POST /settings/operators/<uuid:pk>/reset-second-factor/  302 404 403 403 403 403 302 302 403 302 302

# pages over several rooms
GET  /.well-known/sallyport/checkpoints/                 200 200 200 200 200 200 200 200 200 200 200
GET  /.well-known/sallyport/checkpoints/<int:number>/    404 404 404 404 404 404 404 404 404 404 404
GET  /                                                   302 200 200 200 200 200 302 302 200 302 302
GET  /console/feed/                                      302 200 200 200 200 200 302 302 403 302 302
GET  /console/today/                                     302 200 200 200 200 200 302 302 403 302 302
GET  /console/readers/                                   302 200 200 403 200 200 302 302 403 302 302
GET  /alarms/                                            302 200 200 200 403 403 302 302 403 302 302
GET  /alarms/bell/                                       302 200 200 200 403 403 302 302 403 302 302
POST /alarms/<uuid:pk>/acknowledge/                      302 404 404 404 403 403 302 302 403 302 302
POST /alarms/<uuid:pk>/close/                            302 404 404 404 403 403 302 302 403 302 302
GET  /events/                                            302 200 200 200 200 200 302 302 403 302 302
GET  /events/<int:pk>/                                   302 404 404 404 404 404 302 302 403 302 302
POST /events/<int:pk>/proof/                             302 404 404 403 404 403 302 302 403 302 302
GET  /events/quarantine/                                 302 200 200 200 200 200 302 302 403 302 302
GET  /people/<uuid:pk>/                                  302 404 404 404 404 404 302 302 403 302 302
GET  /people/<uuid:pk>/day-pass/                         302 404 404 404 403 403 302 302 403 302 302
POST /people/<uuid:pk>/day-pass/                         302 404 404 404 403 403 302 302 403 302 302
GET  /day-passes/                                        302 200 200 200 200 200 302 302 403 302 302
GET  /day-passes/<int:handle>/pdf/                       302 404 404 404 403 403 302 302 403 302 302
POST /day-passes/<int:handle>/revoke/                    302 404 404 404 403 403 302 302 403 302 302
GET  /phones/<uuid:pk>/progress/                         302 404 404 404 404 404 302 302 403 302 302
GET  /record/                                            302 200 200 403 200 200 302 302 403 302 302
GET  /record/checkpoints/                                302 200 200 403 200 200 302 302 403 302 302
POST /record/verify/                                     302 302 302 403 302 403 302 302 403 302 302
POST /record/export/                                     302 302 302 403 302 403 302 302 403 302 302
GET  /record/streams/                                    302 200 200 403 200 200 302 302 403 302 302
GET  /record/streams/add/                                302 200 403 403 403 403 302 302 403 302 302
POST /record/streams/add/                                302 422 403 403 403 403 302 302 403 302 302
POST /record/streams/<uuid:pk>/test/                     302 404 403 403 403 403 302 302 403 302 302
POST /record/streams/<uuid:pk>/pause/                    302 404 403 403 403 403 302 302 403 302 302
POST /record/streams/<uuid:pk>/resume/                   302 404 403 403 403 403 302 302 403 302 302
POST /record/streams/<uuid:pk>/remove/                   302 404 403 403 403 403 302 302 403 302 302
POST /record/gaps/                                       302 302 403 403 302 403 302 302 403 302 302
GET  /record/verify/<uuid:pk>/                           302 404 404 403 404 404 302 302 403 302 302
GET  /search/                                            302 200 200 200 200 200 302 302 403 302 302
GET  /settings/                                          302 200 403 403 403 403 302 302 403 302 302
POST /settings/                                          302 200 403 403 403 403 302 302 403 302 302
GET  /settings/address/                                  302 200 403 403 403 403 302 302 403 302 302
POST /settings/address/                                  302 422 403 403 403 403 302 302 403 302 302
GET  /settings/address/check/                            302 200 403 403 403 403 302 302 403 302 302
GET  /settings/branding/                                 302 200 403 403 403 403 302 302 403 302 302
POST /settings/branding/                                 302 422 403 403 403 403 302 302 403 302 302
GET  /settings/keys/                                     302 200 403 403 403 403 302 302 403 302 302
POST /settings/keys/rotate/                              302 302 403 403 403 403 302 302 403 302 302
POST /settings/keys/refuse/                              302 302 403 403 403 403 302 302 403 302 302

# compliance
GET  /privacy/                                           200 200 200 200 200 200 200 200 200 200 200
GET  /compliance/                                        302 200 200 403 200 200 302 302 403 302 302
GET  /compliance/consents/                               302 200 200 403 200 200 302 302 403 302 302
POST /compliance/consents/export/                        302 200 403 403 200 403 302 302 403 302 302
GET  /compliance/consents/<uuid:pk>/withdraw/            302 404 403 403 404 403 302 302 403 302 302
POST /compliance/consents/<uuid:pk>/withdraw/            302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/erasure/                302 404 403 403 404 403 302 302 403 302 302
GET  /compliance/cases/<uuid:pk>/erasure/progress/       302 404 404 403 404 404 302 302 403 302 302
GET  /compliance/holds/                                  302 200 200 403 200 200 302 302 403 302 302
POST /compliance/holds/place/                            302 404 403 403 404 403 302 302 403 302 302
POST /compliance/holds/<uuid:pk>/                        302 404 403 403 404 403 302 302 403 302 302
GET  /compliance/certificates/                           302 200 200 403 200 200 302 302 403 302 302
GET  /compliance/certificates/<uuid:pk>/json/            302 404 404 403 404 404 302 302 403 302 302
GET  /compliance/certificates/<uuid:pk>/pdf/             302 404 404 403 404 404 302 302 403 302 302
GET  /compliance/retention/                              302 200 200 403 200 200 302 302 403 302 302
GET  /compliance/retention/tonight/                      302 200 200 403 200 200 302 302 403 302 302
POST /compliance/retention/card-data/                    302 302 403 403 302 403 302 302 403 302 302
GET  /compliance/retention/period/                       302 404 403 403 404 403 302 302 403 302 302
POST /compliance/retention/period/                       302 404 403 403 404 403 302 302 403 302 302
GET  /compliance/retention/runs/<uuid:pk>/               302 404 404 403 404 404 302 302 403 302 302
GET  /compliance/policy/                                 302 200 403 403 200 403 302 302 403 302 302
POST /compliance/policy/                                 302 302 403 403 302 403 302 302 403 302 302
GET  /compliance/notices/                                302 404 404 403 404 404 302 302 403 302 302
GET  /compliance/notices/draft/                          302 404 403 403 404 403 302 302 403 302 302
POST /compliance/notices/draft/                          302 404 403 403 404 403 302 302 403 302 302
GET  /compliance/notices/publish/                        302 404 403 403 404 403 302 302 403 302 302
POST /compliance/notices/publish/                        302 404 403 403 404 403 302 302 403 302 302
GET  /privacy/request/                                   200 200 200 200 200 200 200 200 200 200 200
POST /privacy/request/                                   422 422 422 422 422 422 422 422 422 422 422
GET  /privacy/request/<str:token>/                        410 410 410 410 410 410 410 410 410 410 410
POST /privacy/request/<str:token>/                        410 410 410 410 410 410 410 410 410 410 410
GET  /compliance/cases/                                  302 200 200 403 200 200 302 302 403 302 302
GET  /compliance/cases/add/                              302 200 403 403 200 403 302 302 403 302 302
POST /compliance/cases/add/                              302 422 403 403 422 403 302 302 403 302 302
POST /compliance/cases/export/                           302 200 403 403 200 403 302 302 403 302 302
GET  /compliance/cases/<uuid:pk>/                        302 404 404 403 404 404 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/take/                   302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/identity/               302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/persons/add/            302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/persons/remove/         302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/note/                   302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/extend/                 302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/acknowledge/            302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/refuse/                 302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/nothing/                302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/close/                  302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/restriction/place/      302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/restriction/announce/   302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/restriction/lift/       302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/objection/decide/       302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/withdrawal/withdraw/    302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/rectification/correct/  302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/rectification/done/     302 404 403 403 404 403 302 302 403 302 302
GET  /privacy/answers/<str:token>/                       410 410 410 410 410 410 410 410 410 410 410
POST /privacy/answers/<str:token>/                       410 410 410 410 410 410 410 410 410 410 410
GET  /compliance/cases/<uuid:pk>/answer/progress/        302 404 404 403 404 404 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/answer/collect/         302 404 403 403 404 403 302 302 403 302 302
GET  /compliance/cases/<uuid:pk>/answer/review/          302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/answer/withhold/        302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/answer/looked-through/  302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/answer/deliver/         302 404 403 403 404 403 302 302 403 302 302
POST /compliance/cases/<uuid:pk>/answer/passphrase/      302 404 403 403 404 403 302 302 403 302 302

# papers
GET  /compliance/papers/                                 302 200 200 403 200 200 302 302 403 302 302
GET  /compliance/papers/data-map/                        302 200 200 403 200 200 302 302 403 302 302
GET  /compliance/papers/processing/                      302 200 200 403 200 200 302 302 403 302 302
GET  /compliance/papers/impact/                          302 200 200 403 200 200 302 302 403 302 302
GET  /compliance/papers/particulars/                     302 200 403 403 200 403 302 302 403 302 302
POST /compliance/papers/particulars/                     302 302 403 403 302 403 302 302 403 302 302
GET  /compliance/papers/sub-processors/                  302 200 200 403 200 200 302 302 403 302 302
GET  /compliance/papers/sub-processors/add/              302 200 403 403 200 403 302 302 403 302 302
POST /compliance/papers/sub-processors/add/              302 422 403 403 422 403 302 302 403 302 302
POST /compliance/papers/sub-processors/publish/          302 422 403 403 422 403 302 302 403 302 302
GET  /compliance/papers/sub-processors/<uuid:pk>/        302 404 403 403 404 403 302 302 403 302 302
POST /compliance/papers/sub-processors/<uuid:pk>/        302 404 403 403 404 403 302 302 403 302 302
POST /compliance/papers/sub-processors/<uuid:pk>/remove/ 302 404 403 403 404 403 302 302 403 302 302
GET  /compliance/breaches/                               302 200 200 403 200 200 302 302 403 302 302
GET  /compliance/breaches/new/                           302 200 403 403 200 403 302 302 403 302 302
POST /compliance/breaches/new/                           302 422 403 403 422 403 302 302 403 302 302
GET  /compliance/breaches/<uuid:pk>/                     302 404 404 403 404 404 302 302 403 302 302
GET  /compliance/breaches/<uuid:pk>/clock/               302 404 404 403 404 404 302 302 403 302 302
GET  /compliance/breaches/<uuid:pk>/findings/            302 404 403 403 404 403 302 302 403 302 302
POST /compliance/breaches/<uuid:pk>/findings/            302 404 403 403 404 403 302 302 403 302 302
GET  /compliance/breaches/<uuid:pk>/notification/        302 404 404 403 404 404 302 302 403 302 302
POST /compliance/breaches/<uuid:pk>/authority/           302 404 403 403 404 403 302 302 403 302 302
POST /compliance/breaches/<uuid:pk>/persons/             302 404 403 403 404 403 302 302 403 302 302
POST /compliance/breaches/<uuid:pk>/note/                302 404 403 403 404 403 302 302 403 302 302
POST /compliance/breaches/<uuid:pk>/close/               302 404 403 403 404 403 302 302 403 302 302
GET  /compliance/breaches/<uuid:pk>/whose/               302 404 403 403 404 403 302 302 403 302 302
POST /compliance/breaches/<uuid:pk>/whose/               302 404 403 403 404 403 302 302 403 302 302
POST /compliance/breaches/<uuid:pk>/whose/export/        302 404 403 403 404 403 302 302 403 302 302

# access
GET  /doors/                                             302 200 200 200 200 200 302 302 403 302 302
GET  /doors/<int:pk>/edit/                               302 404 404 403 403 403 302 302 403 302 302
POST /doors/<int:pk>/edit/                               302 404 404 403 403 403 302 302 403 302 302
POST /doors/<int:pk>/exit/                               302 404 404 403 403 403 302 302 403 302 302
POST /doors/<int:pk>/lockdown/                           302 404 404 403 403 403 302 302 403 302 302
GET  /doors/add/                                         302 200 200 403 403 403 302 302 403 302 302
POST /doors/add/                                         302 422 422 403 403 403 302 302 403 302 302
GET  /doors/areas/<int:pk>/                              302 404 404 404 404 404 302 302 403 302 302
POST /doors/areas/<int:pk>/forgive/                      302 404 404 404 403 403 302 302 403 302 302
POST /doors/areas/<int:pk>/empty/                        302 404 404 404 403 403 302 302 403 302 302
POST /doors/areas/<int:pk>/barred/                       302 404 404 404 403 403 302 302 403 302 302
GET  /doors/areas/<int:pk>/edit/                         302 404 404 403 403 403 302 302 403 302 302
POST /doors/areas/<int:pk>/edit/                         302 404 404 403 403 403 302 302 403 302 302
POST /doors/areas/<int:pk>/lockdown/                     302 404 404 403 403 403 302 302 403 302 302
GET  /doors/areas/add/                                   302 200 200 403 403 403 302 302 403 302 302
POST /doors/areas/add/                                   302 422 422 403 403 403 302 302 403 302 302
GET  /doors/levels/                                      302 200 200 200 200 200 302 302 403 302 302
GET  /doors/levels/<int:pk>/edit/                        302 404 404 403 403 403 302 302 403 302 302
POST /doors/levels/<int:pk>/edit/                        302 404 404 403 403 403 302 302 403 302 302
GET  /doors/levels/add/                                  302 200 200 403 403 403 302 302 403 302 302
POST /doors/levels/add/                                  302 422 422 403 403 403 302 302 403 302 302
GET  /doors/schedules/                                   302 200 200 200 200 200 302 302 403 302 302
GET  /doors/schedules/<int:pk>/edit/                     302 404 404 403 403 403 302 302 403 302 302
POST /doors/schedules/<int:pk>/edit/                     302 404 404 403 403 403 302 302 403 302 302
GET  /doors/schedules/add/                               302 200 200 403 403 403 302 302 403 302 302
POST /doors/schedules/add/                               302 422 422 403 403 403 302 302 403 302 302
GET  /doors/sites/<int:pk>/edit/                         302 404 404 403 403 403 302 302 403 302 302
POST /doors/sites/<int:pk>/edit/                         302 404 404 403 403 403 302 302 403 302 302
GET  /doors/sites/<int:pk>/special-days/add/             302 404 404 403 403 403 302 302 403 302 302
POST /doors/sites/<int:pk>/special-days/add/             302 404 404 403 403 403 302 302 403 302 302
GET  /doors/travel/                                      302 200 200 403 403 403 302 302 403 302 302
POST /doors/travel/                                      302 302 302 403 403 403 302 302 403 302 302
GET  /doors/sites/add/                                   302 200 200 403 403 403 302 302 403 302 302
POST /doors/sites/add/                                   302 422 422 403 403 403 302 302 403 302 302
POST /doors/special-days/<int:pk>/remove/                302 404 404 403 403 403 302 302 403 302 302
POST /grants/<int:pk>/withdraw/                          302 404 404 403 403 403 302 302 403 302 302
GET  /people/<uuid:holder>/grants/add/                   302 404 404 403 403 403 302 302 403 302 302
POST /people/<uuid:holder>/grants/add/                   302 404 404 403 403 403 302 302 403 302 302

# credentials: the wallet's page is the same for all; its requests are signed by the phone
GET  /wallet/                                            200 200 200 200 200 200 200 200 200 200 200
GET  /wallet/worker.js                                   200 200 200 200 200 200 200 200 200 200 200
POST /api/v1/wallet/enrol                                401 401 401 401 401 401 401 401 401 401 400
GET  /api/v1/wallet/me                                   401 401 401 401 401 401 401 401 401 401 200
POST /api/v1/wallet/codes                                401 401 401 401 401 401 401 401 401 401 200
POST /api/v1/wallet/passes                               401 401 401 401 401 401 401 401 401 401 200
POST /api/v1/wallet/passkeys/options                     401 401 401 401 401 401 401 401 401 401 200
POST /api/v1/wallet/passkeys                             401 401 401 401 401 401 401 401 401 401 400
POST /api/v1/wallet/unlock/options                       401 401 401 401 401 401 401 401 401 401 403
POST /api/v1/wallet/unlock                               401 401 401 401 401 401 401 401 401 401 400
POST /api/v1/wallet/lock                                 401 401 401 401 401 401 401 401 401 401 200
POST /api/v1/wallet/face                                 401 401 401 401 401 401 401 401 401 401 200
POST /api/v1/wallet/face/sessions                        401 401 401 401 401 401 401 401 401 401 400
POST /api/v1/wallet/face/frames                          401 401 401 401 401 401 401 401 401 401 400
POST /api/v1/wallet/phones/<int:handle>/confirm          401 401 401 401 401 401 401 401 401 401 404
POST /api/v1/wallet/phones/<int:handle>/refuse           401 401 401 401 401 401 401 401 401 401 404
GET  /api/v1/wallet/requests/<uuid:case>/answer          401 401 401 401 401 401 401 401 401 401 404
GET  /api/v1/wallet/notices                              401 401 401 401 401 401 401 401 401 401 200
POST /api/v1/wallet/consents                             401 401 401 401 401 401 401 401 401 401 400
POST /api/v1/wallet/consents/<uuid:record>/withdraw      401 401 401 401 401 401 401 401 401 401 404
GET  /api/v1/wallet/requests                             401 401 401 401 401 401 401 401 401 401 200
POST /api/v1/wallet/requests                             401 401 401 401 401 401 401 401 401 401 400
GET  /api/v1/wallet/receipts                             401 401 401 401 401 401 401 401 401 401 200
GET  /lost/                                              200 200 200 200 200 200 200 200 200 200 200
POST /lost/                                              422 422 422 422 422 422 422 422 422 422 422
GET  /lost/<str:token>/                                  410 410 410 410 410 410 410 410 410 410 410
POST /lost/<str:token>/                                  410 410 410 410 410 410 410 410 410 410 410
GET  /lost/phones/                                       410 410 410 410 410 410 410 410 410 410 410
POST /lost/phones/revoke/                                410 410 410 410 410 410 410 410 410 410 410
GET  /people/                                            302 200 200 200 200 200 302 302 403 302 302
GET  /people/add/                                        302 200 200 403 403 403 302 302 403 302 302
POST /people/add/                                        302 200 200 403 403 403 302 302 403 302 302
GET  /people/<uuid:pk>/edit/                             302 404 404 403 403 403 302 302 403 302 302
POST /people/<uuid:pk>/edit/                             302 404 404 403 403 403 302 302 403 302 302
POST /people/<uuid:pk>/suspend/                          302 404 404 403 403 403 302 302 403 302 302
POST /people/<uuid:pk>/resume/                           302 404 404 403 403 403 302 302 403 302 302
POST /people/<uuid:pk>/off-board/                        302 404 404 403 403 403 302 302 403 302 302
POST /people/<uuid:pk>/invite/                           302 404 404 403 403 403 302 302 403 302 302
POST /phones/<uuid:pk>/confirm/                          302 404 404 403 403 403 302 302 403 302 302
POST /phones/<uuid:pk>/allow-passkey/                    302 404 404 403 403 403 302 302 403 302 302
POST /phones/<uuid:pk>/revoke/                           302 404 404 403 403 403 302 302 403 302 302

# faces at a desk, of biometrics
GET  /people/<uuid:pk>/face/                             302 404 404 403 403 403 302 302 403 302 302
POST /people/<uuid:pk>/face/consent/                     302 404 404 403 403 403 302 302 403 302 302
POST /people/<uuid:pk>/face/sessions/                    302 404 404 403 403 403 302 302 403 302 302
POST /people/<uuid:pk>/face/frames/                      302 404 404 403 403 403 302 302 403 302 302
POST /people/<uuid:pk>/face/confirm/                     302 404 404 403 403 403 302 302 403 302 302
POST /people/<uuid:pk>/face/confirm/take-back/           302 404 404 403 403 403 302 302 403 302 302
POST /people/<uuid:pk>/face/reenrol/                     302 404 404 403 403 403 302 302 403 302 302
POST /people/<uuid:pk>/face/reenrol/take-back/           302 404 404 403 403 403 302 302 403 302 302
POST /people/<uuid:pk>/face/delete/                      302 404 404 403 403 403 302 302 403 302 302

# readers: the page is the same for all; its requests are signed by the reader, pairing by its typed code
GET  /reader/                                            200 200 200 200 200 200 200 200 200 200 200
GET  /reader/worker.js                                   200 200 200 200 200 200 200 200 200 200 200
GET  /api/v1/readers/pair                                200 200 200 200 200 200 200 200 200 200 200
POST /api/v1/readers/pair                                400 400 400 400 400 400 400 400 400 400 400
GET  /api/v1/readers/policy                              401 401 401 401 401 401 401 401 401 400 401
POST /api/v1/readers/acks                                401 401 401 401 401 401 401 401 401 400 401
POST /api/v1/readers/key                                 401 401 401 401 401 401 401 401 401 400 401
GET  /api/v1/readers/keys                                401 401 401 401 401 401 401 401 401 200 401
POST /api/v1/readers/keys                                401 401 401 401 401 401 401 401 401 400 401
GET  /api/v1/readers/bundle                              401 401 401 401 401 401 401 401 401 200 401
POST /api/v1/readers/contact                             401 401 401 401 401 401 401 401 401 400 401
POST /api/v1/readers/wiped                               401 401 401 401 401 401 401 401 401 403 401
POST /api/v1/readers/door                                401 401 401 401 401 401 401 401 401 400 401
GET  /api/v1/readers/next                                401 401 401 401 401 401 401 401 401 200 401
GET  /api/v1/readers/journal                             401 401 401 401 401 401 401 401 401 200 401
POST /api/v1/readers/journal                             401 401 401 401 401 401 401 401 401 400 401
POST /api/v1/scans/outcome                               401 401 401 401 401 401 401 401 401 400 401
GET  /readers/                                           302 200 200 403 200 200 302 302 403 302 302
GET  /readers/pair/                                      302 200 200 403 403 403 302 302 403 302 302
POST /readers/pair/                                      302 422 422 403 403 403 302 302 403 302 302
GET  /readers/pair/<uuid:pk>/                            302 404 404 403 403 403 302 302 403 302 302
GET  /readers/<int:handle>/                              302 404 404 403 404 404 302 302 403 302 302
POST /readers/<int:handle>/edit/                         302 404 404 403 403 403 302 302 403 302 302
POST /readers/<int:handle>/suspend/                      302 404 404 403 403 403 302 302 403 302 302
POST /readers/<int:handle>/resume/                       302 404 404 403 403 403 302 302 403 302 302
POST /readers/<int:handle>/renew/                        302 404 404 403 403 403 302 302 403 302 302
POST /readers/<int:handle>/wipe/                         302 404 404 403 403 403 302 302 403 302 302
POST /readers/<int:handle>/retire/                       302 404 404 403 403 403 302 302 403 302 302
POST /readers/<int:handle>/clear-alarm/                  302 404 404 403 403 403 302 302 403 302 302



# reception

"""
COMPANY += VISITS

# The public host: nobody is signed in there, whatever cookie or key comes along.
PUBLIC = """
#                                 nobody olga alice rita carol bob charlie half pia dora henri
GET  /                            200 200 200 200 200 200 200 200 200 200 200
GET  /sign-up/                    200 200 200 200 200 200 200 200 200 200 200
POST /sign-up/                    200 200 200 200 200 200 200 200 200 200 200
GET  /sign-up/check/              200 200 200 200 200 200 200 200 200 200 200
GET  /outbox/                      404 404 404 404 404 404 404 404 404 404 404
"""

# Routes in front of Django.
RAW = """
#                                 nobody olga alice rita carol bob charlie half pia dora henri
GET  /healthz                     200 200 200 200 200 200 200 200 200 200 200
POST /api/v1/scans                401 401 401 401 401 401 401 401 401 400 401
POST /api/v1/scans/frames         401 401 401 401 401 401 401 401 401 400 401
POST /api/v1/wallet/codes         401 401 401 401 401 401 401 401 401 401 200
"""

# Sockets: `open`; `in` once a key was accepted; or the status or close code with which they end.
SOCKETS = """
#                                 nobody olga alice rita carol bob charlie half pia dora henri
/api/v1/readers/socket            open open open open open open open open open in 4401
/console/live                     4401 open open open open open 4401 4401 4403 4401 4401
"""
