// What small calls carry.
export const ROW = {
  ...{ id: 7, email: 'user7@example.com', name: 'Chloé Berg', age: 41 },
  ...{ created_at: '2024-01-01T00:00:00Z', is_active: true, tags: ['premium', 'beta'] },
};
