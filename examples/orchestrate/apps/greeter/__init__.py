"""The monolith, and the microservices that it is split into."""
