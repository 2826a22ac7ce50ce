"""Who a network address stands for, where callers are counted. Standard library only: the public look-up
loads this."""


def network(address: str) -> str:
    """An IPv6 address's /64, for who holds one of it holds them all (RFC 6177 §2); others as they are."""
    if ":" not in address:
        return address
    import ipaddress  # most callers never need it

    try:
        return str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False))
    except ValueError:
        return address
