"""Which service answers which path, as NGINX's ingress controller routes.

Its documentation, "Ingress Path Matching": paths are regular expressions from the beginning of the URI on, without
regard to case, tried by descending length; NGINX decodes the URI and merges its slashes before.
"""

TABLE = {
    # Nothing else takes it.
    "/": "client",
    "/index.html": "client",
    "/api": "client",
    "/api/v1": "client",
    "/api/v1/": "client",
    "/api/v1/expiration": "client",
    "/expiration": "client",
    "/readyz": "client",
    # Almost another's.
    "/api/v1/tour": "client",
    "/api/v1/tourist": "client",
    "/api/v1/user": "client",
    "/api/v1/admin": "client",
    "/api/v1/admin/": "client",
    "/api/v1/admin/payments": "client",
    "/api/v2/tours": "client",
    "/x/api/v1/tours": "client",
    "/?next=/api/v1/tours": "client",
    # Four routes of auth.
    "/api/v1/auth": "auth",
    "/api/v1/auth/": "auth",
    "/api/v1/auth/login": "auth",
    "/api/v1/authors": "auth",
    "/api/v1/oauth2/google/callback": "auth",
    "/api/v1/users": "auth",
    "/api/v1/users/me": "auth",
    "/api/v1/admin/users/7": "auth",
    # Three of booking.
    "/api/v1/bookings": "booking",
    "/api/v1/bookings/3": "booking",
    "/api/v1/bookings?tour=/api/v1/reviews": "booking",
    "/api/v1/admin/bookings/3": "booking",
    "/api/v1/tours/5/bookings": "booking",
    "/api/v1/tours/5/bookings/3": "booking",
    "/api/v1/tours/5/bookings/": "booking",
    "/api/v1/tours/bookings": "booking",
    "/api/v1/tours/5/bookingsoffice": "booking",
    "/api/v1/tours/a/b/c/bookings": "booking",
    # The longer expression is tried first.
    "/api/v1/tours/5/reviews/bookings": "booking",
    "/api/v1/tours/5/bookings/reviews": "booking",
    # One of payment.
    "/api/v1/payments": "payment",
    "/api/v1/payments/3/refund": "payment",
    # Three of review.
    "/api/v1/reviews": "review",
    "/api/v1/reviews/3": "review",
    "/api/v1/admin/reviews/3": "review",
    "/api/v1/tours/5/reviews": "review",
    "/api/v1/tours/5/reviews/3": "review",
    "/api/v1/tours/reviews": "review",
    # Two of tour.
    "/api/v1/tours": "tour",
    "/api/v1/tours/": "tour",
    "/api/v1/tours/5": "tour",
    "/api/v1/tours/5/": "tour",
    "/api/v1/tours/5/review": "tour",
    "/api/v1/tours/5/photos": "tour",
    "/api/v1/toursbookings": "tour",
    "/api/v1/admin/tours": "tour",
    "/api/v1/admin/tours/5/bookings": "tour",
    # Case does not matter.
    "/API/v1/Tours/5/Reviews": "review",
    "/Api/V1/Payments": "payment",
    # Decoded, and slashes merged.
    "/api/v1/%62ookings": "booking",
    "/api/v1/tours%2F5%2Fbookings": "booking",
    "/api//v1///tours": "tour",
}

BY_GATEWAY = {
    # How Google's load balancer compares paths with escapes or doubled slashes is not documented.
    **{path: service for path, service in TABLE.items() if "%" not in path and "//" not in path},
    # A wildcard in the middle cannot be expressed: what is below a tour is the tour's.
    **{path: "tour" for path in TABLE if path.startswith("/api/v1/tours/") and TABLE[path] in ("booking", "review")},
    # Prefixes are whole segments, and case counts.
    "/api/v1/authors": "client",
    "/api/v1/toursbookings": "client",
    "/API/v1/Tours/5/Reviews": "client",
    "/Api/V1/Payments": "client",
}
"""Which service answers which path behind a Gateway of GKE, whose routes are prefixes."""
