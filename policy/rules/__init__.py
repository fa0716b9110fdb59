"""What every stack has to keep to: pure rules over resources, one noun a file."""

from . import exposure, gke, health_check, https, iam, image, network, node_pool, pod, workload

ROOMS = (gke, node_pool, network, iam, image, pod, workload, exposure, https, health_check)
RULES = [rule for room in ROOMS for rule in room.RULES]
