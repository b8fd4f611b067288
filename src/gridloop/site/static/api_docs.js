// The token of the page goes with every change that is tried out, as the apps send it.
const cookie = (name) => (document.cookie.split('; ').find((one) => one.startsWith(`${name}=`)) ?? '').split('=')[1] ?? ''

window.SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#viewer',
  deepLinking: true,
  requestInterceptor: (request) => {
    if (request.method !== 'GET') request.headers['X-CSRFToken'] = cookie('csrftoken')
    return request
  },
})
