"""A photo's bytes, for whoever may see its firm; never a script, never another's."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from xiaoer.evidence import queries
from xiaoer.evidence.keeping import path_of
from xiaoer.evidence.terms import Kind
from xiaoer.kit.audit import note_reading
from xiaoer.kit.screens.guards import needs

NOTHING_RUNS = "default-src 'none'; sandbox"


@require_GET
@needs("firms.read")
def photo(request: HttpRequest, photo_id: int) -> HttpResponse:
    """The bytes as they came; 404 out of scope, once erased, or when the file is not the one that was filed."""
    scope = request.scope  # type: ignore[attr-defined]
    found = queries.photo(scope, photo_id)
    if found is None or found.erased_at is not None:
        raise Http404
    path = path_of(found.folder, found.name)
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != found.sha256:
        raise Http404
    note_reading(
        scope, "photo", customer_id=found.customer_id, branch_id=found.branch_id, manager_id=found.manager_id,
        address=request.path,
    )  # fmt: skip
    return HttpResponse(
        data,
        content_type=Kind(found.kind).media,
        headers={
            "Content-Disposition": f'attachment; filename="photo-{found.pk}.{found.kind}"',
            "Content-Security-Policy": NOTHING_RUNS,
            "X-Content-Type-Options": "nosniff",
        },
    )
