import{Aa as o,Ca as t}from"./chunk-XPZEU65A.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
