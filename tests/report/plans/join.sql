SELECT c.name, o.created_at, i.product_id, i.quantity
FROM orders o
JOIN customers c ON c.id = o.customer_id
JOIN order_items i ON i.order_id = o.id
WHERE o.customer_id = 4711 AND o.created_at >= '2025-06-01'
ORDER BY o.created_at DESC
