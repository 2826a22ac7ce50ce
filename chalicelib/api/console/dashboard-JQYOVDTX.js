import{ra as o,ta as t}from"./chunk-XHQAQYTL.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
