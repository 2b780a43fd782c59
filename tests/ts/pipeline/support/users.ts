/** Users, with a few duplicates and texts that want normalising. */
export function users(count: number) {
  return Array.from({ length: count }, (_, at) => ({
    id: (at % Math.max(count - 3, 1)) + 1,
    email: `User${at}@EXAMPLE.com`,
    name: ` Name  ${at}`,
    created_at: '2024-01-01T02:00:00+02:00',
    ...(at % 2 === 0 && { age: at % 100, tags: ['a', `t${at % 5}`] }),
  }));
}

export const NORMAL_USER = {
  id: 1,
  email: 'User0@example.com',
  name: 'Name 0',
  created_at: '2024-01-01T00:00:00Z',
  age: 0,
  tags: ['a', 't0'],
};

/** A user that no schema takes. */
export const BAD = { id: 0, email: 'nobody', name: 'x', created_at: '2024-01-01T00:00:00Z' };
