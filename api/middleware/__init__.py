"""Middleware, from the outside in: observe, guard, limit the body, cache answers.

Plain ASGI, because Starlette's BaseHTTPMiddleware costs more time than most answers.
"""
