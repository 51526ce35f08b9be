from django.urls import path

from access import presence_views, views

app_name = "access"
urlpatterns = [
    path("doors/", views.doors, name="doors"),
    path("doors/add/", views.door_add, name="door_add"),
    path("doors/<int:pk>/edit/", views.door_edit, name="door_edit"),
    path("doors/<int:pk>/exit/", views.door_add_exit, name="door_add_exit"),
    path("doors/<int:pk>/lockdown/", views.door_lockdown, name="door_lockdown"),
    path("doors/sites/add/", views.site_add, name="site_add"),
    path("doors/sites/<int:pk>/edit/", views.site_edit, name="site_edit"),
    path("doors/sites/<int:pk>/special-days/add/", views.special_day_add, name="special_day_add"),
    path("doors/special-days/<int:pk>/remove/", views.special_day_remove, name="special_day_remove"),
    path("doors/travel/", views.travel, name="travel"),
    path("doors/areas/add/", views.area_add, name="area_add"),
    path("doors/areas/<int:pk>/", presence_views.area, name="area"),
    path("doors/areas/<int:pk>/forgive/", presence_views.forgive, name="area_forgive"),
    path("doors/areas/<int:pk>/empty/", presence_views.empty, name="area_empty"),
    path("doors/areas/<int:pk>/barred/", presence_views.barred, name="area_barred"),
    path("doors/areas/<int:pk>/edit/", views.area_edit, name="area_edit"),
    path("doors/areas/<int:pk>/lockdown/", views.area_lockdown, name="area_lockdown"),
    path("doors/schedules/", views.schedules, name="schedules"),
    path("doors/schedules/add/", views.schedule_add, name="schedule_add"),
    path("doors/schedules/<int:pk>/edit/", views.schedule_edit, name="schedule_edit"),
    path("doors/levels/", views.levels, name="levels"),
    path("doors/levels/add/", views.level_add, name="level_add"),
    path("doors/levels/<int:pk>/edit/", views.level_edit, name="level_edit"),
    path("people/<uuid:holder>/grants/add/", views.grant_add, name="grant_add"),
    path("grants/<int:pk>/withdraw/", views.grant_withdraw, name="grant_withdraw"),
]
