import{Ba as o,Da as t}from"./chunk-O6YUUWLO.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
