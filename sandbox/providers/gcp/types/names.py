"""Google's names of the resources that others refer to."""

NETWORK = "projects/{project}/global/networks/{network}"
SUBNETWORK = "projects/{project}/regions/{region}/subnetworks/{subnetwork}"
ROUTER = "projects/{project}/regions/{region}/routers/{router}"
CLUSTER = "projects/{project}/locations/{location}/clusters/{cluster}"
CERTIFICATE = "projects/{project}/locations/global/certificates/{certificate}"
CERTIFICATE_MAP = "projects/{project}/locations/global/certificateMaps/{map}"
DNS_AUTHORIZATION = "projects/{project}/locations/global/dnsAuthorizations/{dnsAuthorization}"
