import { createRouter, createWebHistory, type Router } from 'vue-router'
import AreasPage from './areas/AreasPage.vue'
import MyDataPage from './data/MyDataPage.vue'
import DonePage from './done/DonePage.vue'
import FollowPage from './follow/FollowPage.vue'
import HomePage from './home/HomePage.vue'
import MinePage from './mine/MinePage.vue'
import NearPage from './near/NearPage.vue'
import ReportPage from './report/ReportPage.vue'

/** Every page but the map is kept by the worker, so that a network lost half-way loses no page; what few need is not in the first load. */
export function makeRouter(): Router {
  return createRouter({
    history: createWebHistory('/'),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: '/', name: 'home', component: HomePage, meta: { tab: true } },
      { path: '/report', name: 'report', component: ReportPage },
      { path: '/report/hide/:key', name: 'hide', component: () => import('./hide/HideDraftPage.vue') },
      { path: '/report/done/:key', name: 'done', component: DonePage },
      { path: '/r/:number', name: 'follow', component: FollowPage },
      { path: '/r/:number/hide/:photo', name: 'hideSent', component: () => import('./hide/HideSentPage.vue') },
      { path: '/near', name: 'near', component: NearPage, meta: { tab: true } },
      { path: '/news', name: 'news', component: () => import('./news/NewsPage.vue') },
      { path: '/news/:id(\\d+)', name: 'newsOne', component: () => import('./news/NewsOnePage.vue') },
      { path: '/mine', name: 'mine', component: MinePage, meta: { tab: true } },
      { path: '/mine/areas', name: 'areas', component: AreasPage },
      { path: '/mine/data', name: 'data', component: MyDataPage },
      { path: '/:lost(.*)*', redirect: '/' },
    ],
  })
}
