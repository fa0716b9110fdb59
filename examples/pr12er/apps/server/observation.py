"""What is seen of each RPC: a log line, and metrics. Questions of health leave no trace."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Any

import grpc
from grpc_health.v1.health import SERVICE_NAME

from server.metrics import count

logger = logging.getLogger(__name__)


class Observation(grpc.aio.ServerInterceptor):
    """Stands before every method that answers one request."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        handler = await continuation(handler_call_details)
        _, service, method = handler_call_details.method.split("/")
        if not handler or service == SERVICE_NAME:
            return handler

        async def unary(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
            with _observed(service, method, context):
                return await handler.unary_unary(request, context)

        async def stream(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[Any]:
            with _observed(service, method, context):
                async for each in handler.unary_stream(request, context):
                    yield each

        wrap, behaviour = (
            (grpc.unary_stream_rpc_method_handler, stream)
            if handler.response_streaming
            else (grpc.unary_unary_rpc_method_handler, unary)
        )
        return wrap(behaviour, handler.request_deserializer, handler.response_serializer)


@contextmanager
def _observed(service: str, method: str, context: grpc.aio.ServicerContext[Any, Any]) -> Generator[None]:
    start, code = time.perf_counter(), grpc.StatusCode.UNKNOWN
    try:
        yield
        code = grpc.StatusCode.OK
    except grpc.aio.AbortError:
        code = context.code()
        raise
    except (asyncio.CancelledError, GeneratorExit):
        code = grpc.StatusCode.CANCELLED
        raise
    finally:
        seconds = time.perf_counter() - start
        count(service, method, code.name, seconds)
        fields = {"rpc": f"{service}/{method}", "code": code.name, "seconds": round(seconds, 6)}
        logger.info("%s: %s", method, code.name, extra={"fields": fields})
