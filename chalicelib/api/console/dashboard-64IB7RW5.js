import{R as t,a as o}from"./chunk-ZOEILQPV.js";import"./chunk-2WTMYVGC.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
