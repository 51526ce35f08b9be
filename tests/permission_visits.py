"""Who gets what on the routes of visits: a part of permission_table.py, which says how to read it."""

VISITS = """
# visitors: invitations
GET  /visit/<str:token>/                                 410 410 410 410 410 410 410 410 410 410 410
POST /visit/<str:token>/cannot/                          410 410 410 410 410 410 410 410 410 410 410
POST /visit/<str:token>/coming/                          410 410 410 410 410 410 410 410 410 410 410
POST /visit/<str:token>/sign/                            410 410 410 410 410 410 410 410 410 410 410
GET  /visitors/coming/                                   302 200 200 200 200 200 302 302 403 302 302
GET  /visitors/invite/                                   302 200 200 200 403 403 302 302 403 302 302
POST /visitors/invite/                                   302 422 422 422 403 403 302 302 403 302 302
GET  /visitors/invite/file/                              302 200 200 200 403 403 302 302 403 302 302
POST /visitors/invite/file/                              302 422 422 422 403 403 302 302 403 302 302
GET  /visitors/invite/hosts/                             302 200 200 200 403 403 302 302 403 302 302
POST /visitors/<uuid:pk>/again/                          302 404 404 404 403 403 302 302 403 302 302
POST /visitors/<uuid:pk>/cancel/                         302 404 404 404 403 403 302 302 403 302 302
GET  /visitors/<uuid:pk>/move/                           302 404 404 404 403 403 302 302 403 302 302
POST /visitors/<uuid:pk>/move/                           302 404 404 404 403 403 302 302 403 302 302
POST /visitors/<uuid:pk>/resend/                         302 404 404 404 403 403 302 302 403 302 302
GET  /visitors/groups/<uuid:pk>/                         302 404 404 404 404 404 302 302 403 302 302
GET  /visitors/groups/<uuid:pk>/progress/                302 404 404 404 404 404 302 302 403 302 302
POST /visitors/groups/<uuid:pk>/begin/                   302 404 404 404 403 403 302 302 403 302 302
POST /visitors/groups/<uuid:pk>/cancel/                  302 404 404 404 403 403 302 302 403 302 302
POST /visitors/groups/<uuid:pk>/drop/                    302 404 404 404 403 403 302 302 403 302 302
POST /visitors/groups/<uuid:pk>/failures/                302 404 404 404 403 403 302 302 403 302 302

# kiosks: their requests are signed by the kiosk, pairing by its typed code
POST /api/v1/kiosks/pair                                 400 400 400 400 400 400 400 400 400 400 400
POST /api/v1/kiosk/state                                 401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/exit                                  401 401 401 401 401 401 401 401 401 401 401

# reception
GET  /visitors/                                          302 200 200 200 200 200 302 302 403 302 302
GET  /visitors/list/                                     302 200 200 200 200 200 302 302 403 302 302
POST /visitors/sign-out-all/                             302 302 302 302 403 403 302 302 403 302 302
GET  /visitors/<uuid:pk>/                                302 404 404 404 404 404 302 302 403 302 302
POST /visitors/<uuid:pk>/arrived/                        302 404 404 404 403 403 302 302 403 302 302
POST /visitors/<uuid:pk>/admit/                          302 404 404 404 403 403 302 302 403 302 302
POST /visitors/<uuid:pk>/refuse/                         302 404 404 404 403 403 302 302 403 302 302
POST /visitors/<uuid:pk>/sign-out/                       302 404 404 404 403 403 302 302 403 302 302
POST /visitors/<uuid:pk>/extend/                         302 404 404 404 403 403 302 302 403 302 302
POST /visitors/<uuid:pk>/expect/                         302 404 404 404 403 403 302 302 403 302 302
POST /visitors/<uuid:pk>/day-pass/                       302 404 404 404 403 403 302 302 403 302 302
GET  /visitors/<uuid:pk>/badge/                          302 404 404 404 403 403 302 302 403 302 302
GET  /visitors/<uuid:pk>/badge/preview/                  302 404 404 404 404 404 302 302 403 302 302
GET  /visitors/<uuid:pk>/photo/                          302 404 404 404 404 404 302 302 403 302 302
GET  /visitors/watch/                                    302 200 200 403 403 403 302 302 403 302 302
GET  /visitors/watch/add/                                302 200 200 403 403 403 302 302 403 302 302
POST /visitors/watch/add/                                302 422 422 403 403 403 302 302 403 302 302
POST /visitors/watch/try/                                302 200 200 403 403 403 302 302 403 302 302
GET  /visitors/watch/<uuid:pk>/                          302 404 404 403 403 403 302 302 403 302 302
POST /visitors/watch/<uuid:pk>/                          302 404 404 403 403 403 302 302 403 302 302
POST /visitors/watch/<uuid:pk>/remove/                   302 404 404 403 403 403 302 302 403 302 302
GET  /visitors/watch/matches/<uuid:pk>/                  302 404 404 404 404 404 302 302 403 302 302
POST /visitors/watch/matches/<uuid:pk>/                  302 404 404 404 404 404 302 302 403 302 302
GET  /visitors/types/<uuid:pk>/badge/                    302 404 404 403 403 403 302 302 403 302 302
GET  /visitors/types/<uuid:pk>/badge/picture/            302 404 404 403 403 403 302 302 403 302 302

# types of visit and documents
GET  /visitors/types/                                     302 200 200 403 403 403 302 302 403 302 302
GET  /visitors/types/add/                                 302 200 200 403 403 403 302 302 403 302 302
POST /visitors/types/add/                                 302 422 422 403 403 403 302 302 403 302 302
GET  /visitors/types/<uuid:pk>/                           302 404 404 403 403 403 302 302 403 302 302
POST /visitors/types/<uuid:pk>/                           302 404 404 403 403 403 302 302 403 302 302
POST /visitors/types/<uuid:pk>/archive/                   302 404 404 403 403 403 302 302 403 302 302
POST /visitors/types/<uuid:pk>/restore/                   302 404 404 403 403 403 302 302 403 302 302
POST /visitors/types/<uuid:pk>/move/                      302 404 404 403 403 403 302 302 403 302 302
GET  /visitors/documents/                                 302 200 200 403 403 403 302 302 403 302 302
GET  /visitors/documents/add/                             302 200 200 403 403 403 302 302 403 302 302
POST /visitors/documents/add/                             302 422 422 403 403 403 302 302 403 302 302
GET  /visitors/documents/<uuid:pk>/                       302 404 404 403 403 403 302 302 403 302 302
GET  /visitors/documents/<uuid:pk>/edit/                  302 404 404 403 403 403 302 302 403 302 302
POST /visitors/documents/<uuid:pk>/edit/                  302 404 404 403 403 403 302 302 403 302 302
GET  /visitors/documents/<uuid:pk>/publish/               302 404 404 403 403 403 302 302 403 302 302
POST /visitors/documents/<uuid:pk>/publish/               302 404 404 403 403 403 302 302 403 302 302
POST /visitors/documents/<uuid:pk>/archive/               302 404 404 403 403 403 302 302 403 302 302
POST /visitors/documents/<uuid:pk>/restore/               302 404 404 403 403 403 302 302 403 302 302
POST /api/v1/kiosk/hosts                                 401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/deliveries                            401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/leaving                               401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/arrivals                              401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/arrivals/<uuid:pk>                    401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/arrivals/<uuid:pk>/details            401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/arrivals/<uuid:pk>/documents          401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/arrivals/<uuid:pk>/consent            401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/arrivals/<uuid:pk>/photo              401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/arrivals/<uuid:pk>/face/sessions      401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/arrivals/<uuid:pk>/face/frames        401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/arrivals/<uuid:pk>/face/skip          401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/arrivals/<uuid:pk>/way                401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/arrivals/<uuid:pk>/phone/same         401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/arrivals/<uuid:pk>/badge              401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/kiosk/arrivals/<uuid:pk>/end                401 401 401 401 401 401 401 401 401 401 401
POST /api/v1/visits/bind                                 401 401 401 401 401 401 401 401 401 401 400
POST /api/v1/visits/mine                                 401 401 401 401 401 401 401 401 401 401 404
POST /api/v1/visits/leave                                401 401 401 401 401 401 401 401 401 401 409
# visits: what hosts are told by, the page behind a host's link, and the host's wallet
GET  /admit/<str:token>/                                 410 410 410 410 410 410 410 410 410 410 410
POST /admit/<str:token>/                                 410 410 410 410 410 410 410 410 410 410 410
GET  /api/v1/wallet/visits                               401 401 401 401 401 401 401 401 401 401 200
POST /api/v1/wallet/visits                               401 401 401 401 401 401 401 401 401 401 400
POST /api/v1/wallet/visits/<uuid:pk>/admit               401 401 401 401 401 401 401 401 401 401 404
POST /api/v1/wallet/visits/<uuid:pk>/decline             401 401 401 401 401 401 401 401 401 401 404
POST /api/v1/wallet/visits/<uuid:pk>/cancel              401 401 401 401 401 401 401 401 401 401 404
POST /api/v1/wallet/visits/notices                       401 401 401 401 401 401 401 401 401 401 400
POST /api/v1/wallet/push                                 401 401 401 401 401 401 401 401 401 401 400
POST /api/v1/wallet/push/end                             401 401 401 401 401 401 401 401 401 401 200
GET  /visitors/kiosks/                                   302 200 200 200 200 200 302 302 403 302 302
GET  /visitors/kiosks/pair/                              302 200 200 403 403 403 302 302 403 302 302
POST /visitors/kiosks/pair/                              302 422 422 403 403 403 302 302 403 302 302
GET  /visitors/kiosks/pair/<uuid:pk>/                    302 404 404 403 403 403 302 302 403 302 302
GET  /visitors/kiosks/<int:handle>/                      302 404 404 403 403 403 302 302 403 302 302
POST /visitors/kiosks/<int:handle>/                      302 404 404 403 403 403 302 302 403 302 302
POST /visitors/kiosks/<int:handle>/unpair/               302 404 404 403 403 403 302 302 403 302 302
POST /visitors/kiosks/sign-ins/<uuid:pk>/seen/           302 404 404 404 403 403 302 302 403 302 302
GET  /kiosk/                                             200 200 200 200 200 200 200 200 200 200 200
GET  /kiosk/worker.js                                    200 200 200 200 200 200 200 200 200 200 200
POST /api/v1/kiosk/sealed                                401 401 401 401 401 401 401 401 401 401 401
GET  /visitors/roll-call/                                302 200 200 200 200 200 302 302 403 302 302
GET  /visitors/roll-call/worker.js                       200 200 200 200 200 200 200 200 200 200 200
POST /api/v1/kiosk/arrivals/<uuid:pk>/phone              401 401 401 401 401 401 401 401 401 401 401
GET  /visitors/notices/                                  302 200 200 403 403 403 302 302 403 302 302
POST /visitors/notices/                                  302 302 302 403 403 403 302 302 403 302 302
POST /visitors/notices/webhook/                          302 422 422 403 403 403 302 302 403 302 302
POST /visitors/notices/webhook/test/                     302 302 302 403 403 403 302 302 403 302 302
POST /visitors/notices/webhook/remove/                   302 302 302 403 403 403 302 302 403 302 302
GET  /visitors/signed/<uuid:pk>/                         302 404 404 404 404 404 302 302 403 302 302
"""
