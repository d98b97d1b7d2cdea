"""What every request passes, from the outside in: observe, guard, bound the body, store answers.

Plain ASGI, because a layer that wraps requests in tasks and streams costs more than the answer.
"""
