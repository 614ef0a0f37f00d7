export default {
  server: {
    proxy: {
      '/api': 'http://localhost:8080',
      '/ws': { target: 'http://localhost:8080', ws: true },
      '/belfry-inbox.js': 'http://localhost:8080',
    },
  },
};
